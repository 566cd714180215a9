// The service worker of the page on which a visit is written down: keeps the page on the phone, so that it opens without a connection.
// VISIT (version, page, assets) is written above this by the server.
const PREFIX = "visit-";
const CACHE = PREFIX + VISIT.version;
const SLOW = 4000; // milliseconds after which the kept page is shown instead

const keep = async (response) => {
  // Neither the log-in page nor a page that the address has filled in.
  if (response.ok && !response.redirected) await (await caches.open(CACHE)).put(VISIT.page, response.clone());
  return response;
};

const openPage = async (request) => {
  const kept = await caches.match(VISIT.page, { cacheName: CACHE });
  const fresh = fetch(request).then((response) => (new URL(request.url).search ? response : keep(response)));
  if (!kept) return fresh;
  fresh.catch(() => {}); // it may still fail when nobody waits any more
  const late = new Promise((done) => setTimeout(done, SLOW));
  const first = await Promise.race([fresh, late]).catch(() => null);
  return first && first.status < 500 ? first : kept;
};

self.addEventListener("install", (event) => {
  const fill = async () => {
    await (await caches.open(CACHE)).addAll(VISIT.assets);
    await keep(await fetch(VISIT.page, { credentials: "same-origin" }));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === VISIT.page) event.respondWith(openPage(request));
  else if (VISIT.assets.includes(pathname)) {
    event.respondWith(caches.match(request, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)));
  }
});
