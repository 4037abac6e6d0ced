// Light and dark, and printing.

function toggleTheme(isDark) {
  document.documentElement.classList.toggle('dark', isDark);
  byId('theme').textContent = isDark ? 'Light' : 'Dark';
  tell('theme');
}

function otherTheme() {
  toggleTheme(!document.documentElement.classList.contains('dark'));
}

/** Begins as the system is, and answers to the buttons. */
function startTheme() {
  byId('theme').addEventListener('click', otherTheme);
  byId('print').addEventListener('click', () => print());
  toggleTheme(matchMedia('(prefers-color-scheme: dark)').matches);
}
