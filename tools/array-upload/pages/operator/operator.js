/* Operator pages: copy buttons. Everything else is plain HTML. */
(function () {
  'use strict';
  document.querySelectorAll('[data-copy]').forEach(function (button) {
    if (!navigator.clipboard) return;
    var words = button.textContent;
    button.hidden = false;
    button.addEventListener('click', function () {
      navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(function () {
        button.textContent = 'Copied';
        document.getElementById('status').textContent = 'Copied';
        setTimeout(function () { button.textContent = words; document.getElementById('status').textContent = ''; }, 2500);
      });
    });
  });
})();
