/* Theme: from the system's preference to our CSS framework's attribute. A classic script in the head, so
   that the page is never painted in the wrong scheme. */
{
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", apply);
  apply();
}
