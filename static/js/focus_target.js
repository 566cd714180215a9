// Whoever comes back from a form to the link that opened it goes on from there.
if (location.hash) document.getElementById(location.hash.slice(1))?.focus();
