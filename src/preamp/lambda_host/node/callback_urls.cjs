"use strict";
/**
 * Lets the CDK's custom resource providers answer CloudFormation here.
 *
 * They send their answer with `https` to the host and path of its address, leaving the protocol
 * and the port out; on AWS that is the same. Only such answers to the local cloud are sent
 * differently.
 *
 * AWS: "Custom resource request types", CloudFormation user guide.
 */
const PATH = "/_ministack/cfn-response/";

/** Mends `https.request` and `https.get`, once. */
function mendCallbacks(environment = process.env) {
  const https = process.getBuiltinModule("node:https");
  if (https.request.isMended || !environment.AWS_ENDPOINT_URL) return;
  const endpoint = new URL(environment.AWS_ENDPOINT_URL);
  if (endpoint.protocol !== "http:") return;
  const request = https.request;
  https.request = function (...values) {
    const { options, rest } = understood(values);
    if (!isAnswer(options, endpoint)) return request.apply(this, values);
    return sendAnswer(options, rest, endpoint);
  };
  https.request.isMended = true;
  https.get = (...values) => https.request(...values).end();
  process.getBuiltinModule("node:module").syncBuiltinESMExports();
}

/** `https.request` takes an address, options, or both, and a listener. */
function understood([first, ...rest]) {
  if (typeof first !== "string" && !(first instanceof URL)) return { options: first, rest };
  const { hostname, pathname, search } = new URL(first);
  const own = typeof rest[0] === "object" ? rest.shift() : {};
  return { options: { hostname, path: pathname + search, ...own }, rest };
}

function isAnswer(options, endpoint) {
  const host = String(options?.hostname ?? options?.host ?? "").split(":")[0];
  const isLocal = host === endpoint.hostname || host === "127.0.0.1" || host === "localhost";
  return isLocal && String(options.path ?? "").startsWith(PATH);
}

function sendAnswer(options, rest, endpoint) {
  const { hostname, port } = endpoint;
  const changed = { protocol: "http:", hostname, host: hostname, port, agent: undefined };
  return process.getBuiltinModule("node:http").request({ ...options, ...changed }, ...rest);
}

module.exports = { mendCallbacks };
