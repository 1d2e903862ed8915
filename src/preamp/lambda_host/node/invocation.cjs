"use strict";
/**
 * One call of a handler: its context, and what counts as its end.
 *
 * Up to Node.js 22 a handler may be asynchronous or use a callback, and what a synchronous one
 * returns is not looked at. From Node.js 24 there are no callbacks, and it is.
 *
 * AWS: "Define Lambda function handler in Node.js", "Using the Lambda context object to retrieve
 * Node.js function information".
 */
const errors = require("./errors.cjs");
const { ResponseStream } = require("./streaming.cjs");

const FIRST_WITHOUT_CALLBACKS = 24;
const NEVER_SETTLED = "the handler neither returned nor failed, and nothing is left for it to do";
const NO_CALLBACKS =
  "AWS Lambda has no callback-based function handlers starting with Node.js 24: return a value " +
  "or a promise, and take no third parameter";

let whenIdle = null;

process.on("beforeExit", () => {
  const action = whenIdle;
  whenIdle = null;
  action?.();
});

/** Whether a runtime (`nodejs22.x`) has callbacks; an unknown one has none. */
function hasCallbacks(runtime) {
  return Number(/nodejs(\d+)/.exec(runtime ?? "")?.[1] ?? Infinity) < FIRST_WITHOUT_CALLBACKS;
}

/** Refuses a handler that the runtime cannot call. */
function checkHandler(handler, withCallbacks) {
  if (!withCallbacks && handler.length > 2) {
    throw new errors.CallbackHandlerDeprecated(NO_CALLBACKS);
  }
}

/** What a handler is told of its invocation, from the Runtime API's headers. */
function contextOf(headers, environment = process.env) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(headers, "lambda-runtime-client-context"),
    identity: parsed(headers, "lambda-runtime-cognito-identity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    tenantId: headers["lambda-runtime-aws-tenant-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function parsed(headers, name) {
  return headers[name] ? JSON.parse(headers[name]) : undefined;
}

/** Calls a handler; resolves to its result as JSON text. */
async function call(handler, event, context, withCallbacks) {
  const run = withCallbacks ? callWithCallback : callWithout;
  return serialized(await untilSettled(run, handler, event, context), withCallbacks);
}

/** Settles as `run` says, or when the process has nothing left to wait for. */
function untilSettled(run, ...values) {
  return new Promise((resolve, reject) => {
    whenIdle = () => reject(new errors.NodeJsExit(NEVER_SETTLED));
    run(...values, resolve, reject);
  }).finally(() => {
    whenIdle = null;
  });
}

function callWithout(handler, event, context, resolve, reject) {
  // Not `resolve(promise)`: a promise bound to another can no longer be rejected from outside.
  Promise.resolve(handler(event, context)).then(resolve, reject);
}

function callWithCallback(handler, event, context, resolve, reject) {
  let waits = true;
  const done = (error, result) => (isSet(error) ? reject(error) : resolve(result));
  const callback = (error, result) => {
    if (!isSet(error) && waits) whenIdle = () => resolve(result);
    else done(error, result);
  };
  Object.defineProperty(context, "callbackWaitsForEmptyEventLoop", {
    enumerable: true,
    get: () => waits,
    set: (value) => {
      waits = value;
    },
  });
  const first = once();
  const succeed = first((result) => resolve(result));
  const fail = first((error) => reject(isSet(error) ? error : "handled"));
  Object.assign(context, { succeed, fail, done: first(done) });
  const isAsync = handler.constructor?.name === "AsyncFunction";
  if (!isAsync) whenIdle = () => resolve(null);
  const returned = handler(event, context, first(callback));
  if (typeof returned?.then === "function") returned.then(succeed, fail);
}

/** Wraps functions of which only the first that is called does anything. */
function once() {
  let isCalled = false;
  return (action) => (...values) => {
    if (isCalled) return;
    isCalled = true;
    action(...values);
  };
}

function isSet(error) {
  return error !== undefined && error !== null;
}

function serialized(result, withCallbacks) {
  try {
    return JSON.stringify(result) ?? "null";
  } catch {
    const Type = withCallbacks ? Error : errors.JSONStringifyError;
    throw new Type("Unable to stringify response body");
  }
}

/** Calls a handler that streams; resolves to the stream it has ended. */
async function callStreaming(handler, event, context) {
  const stream = new ResponseStream();
  await untilSettled(runStreaming, handler, event, context, stream);
  return stream;
}

function runStreaming(handler, event, context, stream, resolve, reject) {
  const ended = new Promise((end, fail) => {
    stream.once("finish", end);
    stream.once("error", fail);
  });
  const returned = handler(event, stream, context);
  if (typeof returned?.then !== "function") {
    reject(new Error("Streaming does not support non-async handlers."));
    return;
  }
  const finished = returned.then((value) => {
    if (value !== undefined) console.warn("Streaming handlers ignore return values.");
    whenIdle = () => reject(new Error("Response stream is not finished."));
    return ended;
  });
  Promise.race([finished, ended.then(() => finished)]).then(resolve, reject);
}

module.exports = { call, callStreaming, checkHandler, contextOf, hasCallbacks };
