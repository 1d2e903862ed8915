// Leads what a frontend asks of AWS to the sandbox on this machine. Import it before Amplify.
// Made by preamp beside the outputs file; on a backend that runs on AWS it does nothing.
const local = /* LOCAL */ null;

if (local && !globalThis.__preampLocal) {
  globalThis.__preampLocal = true;
  redirect(local);
}

function redirect({ endpoint, region, buckets }) {
  const aws = `.${region}.amazonaws.com`;
  const own = new Set(buckets.map((bucket) => `${bucket}.s3${aws}`));

  const isOurs = ({ hostname, pathname }) => {
    if (!hostname.endsWith(aws)) return false;
    if (hostname.endsWith(`.s3${aws}`)) return own.has(hostname);
    return hostname !== `s3${aws}` || buckets.includes(pathname.split("/")[1]);
  };

  // Anything that is no absolute address of ours comes back as it was.
  const rewrite = (address) => {
    const text = String(address);
    if (!/^(https|wss):/i.test(text)) return address;
    const url = new URL(text);
    const web = url.protocol === "wss:" ? endpoint.replace(/^http/, "ws") : endpoint;
    if (url.host === new URL(endpoint).host) return `${web}${url.pathname}${url.search}`;
    return isOurs(url) ? `${web}/_preamp/aws/${url.host}${url.pathname}${url.search}` : address;
  };

  const { fetch, Request, XMLHttpRequest, WebSocket } = globalThis;

  globalThis.fetch = (input, init) =>
    fetch(
      Request && input instanceof Request ? moved(input, rewrite(input.url)) : rewrite(input),
      init,
    );
  const moved = (request, url) => (url === request.url ? request : new Request(url, request));

  if (XMLHttpRequest) {
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, url, ...rest) {
      return open.call(this, method, rewrite(url), ...rest);
    };
  }

  if (WebSocket) {
    globalThis.WebSocket = new Proxy(WebSocket, {
      construct: (target, [url, ...rest], made) =>
        Reflect.construct(target, [rewrite(url), ...rest], made),
    });
  }

  // What the browser loads by itself, say a picture at the address that getUrl gave.
  for (const [element, attribute] of [
    ["HTMLImageElement", "src"],
    ["HTMLMediaElement", "src"],
    ["HTMLSourceElement", "src"],
    ["HTMLIFrameElement", "src"],
    ["HTMLAnchorElement", "href"],
  ]) {
    const prototype = globalThis[element]?.prototype;
    if (!prototype) continue;
    const property = Object.getOwnPropertyDescriptor(prototype, attribute);
    Object.defineProperty(prototype, attribute, {
      ...property,
      set(value) {
        property.set.call(this, rewrite(value));
      },
    });
    const { setAttribute } = prototype;
    prototype.setAttribute = function (name, value) {
      const isLink = String(name).toLowerCase() === attribute;
      return setAttribute.call(this, name, isLink ? rewrite(value) : value);
    };
  }
}
