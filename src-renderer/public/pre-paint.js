// Runs before the first paint: the theme and language of the last time, so that nothing flashes. The settings of the core
// follow and win. A file of its own because the content security policy allows no script in the page.
(function prePaint() {
  var look = {};
  try {
    look = JSON.parse(localStorage.getItem("kubemate.look") || "{}");
  } catch {
    look = {};
  }
  var dark = look.theme === "dark" || (look.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  var language = look.language === "en" || look.language === "zh-CN" ? look.language : navigator.language;
  document.documentElement.lang = /^zh/i.test(language) ? "zh-CN" : "en";
})();
