"use strict";
/**
 * What a handler prints, as AWS Lambda's Node.js runtimes print it.
 *
 * Owns `console` and the order of printed text and answers: a line is written before the call
 * that printed it returns, so the log is whole when the invocation is answered.
 *
 * AWS: "Log and monitor Node.js Lambda functions", "Configuring JSON and plain text log formats".
 */
const fs = require("node:fs");
const { format } = require("node:util");
const { asError, logTextOf } = require("./errors.cjs");

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const METHODS = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO",
  log: "INFO",
  warn: "WARN",
  error: "ERROR",
  fatal: "FATAL",
};
const STANDARD_OUTPUT = 1;
const FULL_PIPE_WAIT_MS = 1;

const printed = { requestId: undefined, tenantId: undefined };
const usedStreams = new Set();

/** Names the invocation that what is printed from now on belongs to. */
function setInvocation(requestId, tenantId) {
  printed.requestId = requestId;
  printed.tenantId = tenantId;
}

/** Replaces the methods of `console`; returns how to log an error with a title. */
function patchConsole(environment = process.env) {
  const isJson = environment.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === "JSON";
  const least = Math.max(0, LEVELS.indexOf(environment.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
  const line = isJson ? jsonLine : textLine;
  for (const [method, level] of Object.entries(METHODS)) {
    const isShown = LEVELS.indexOf(level) >= least;
    console[method] = isShown ? (...values) => writeLine(line(level, values)) : () => {};
  }
  watch("stdout");
  watch("stderr");
  if (isJson) return (_title, thrown) => console.error(asError(thrown));
  return (title, thrown) => console.error(title, logTextOf(thrown));
}

function textLine(level, values) {
  return `${new Date().toISOString()}\t${printed.requestId}\t${level}\t${format(...values)}`;
}

function jsonLine(level, values) {
  const entry = { timestamp: new Date().toISOString(), level, requestId: printed.requestId };
  if (printed.tenantId !== undefined) entry.tenantId = printed.tenantId;
  if (values.length !== 1) return JSON.stringify(manyValues(entry, values));
  try {
    return JSON.stringify({ ...entry, message: values[0] }, (_, value) => structured(value));
  } catch {
    return JSON.stringify({ ...entry, message: format(values[0]) });
  }
}

function manyValues(entry, values) {
  const error = values.find((value) => value instanceof Error);
  return { ...entry, message: format(...values), ...(error && described(error)) };
}

function structured(value) {
  return value instanceof Error ? { ...described(value), ...value } : value;
}

function described(error) {
  return {
    errorType: error.constructor?.name ?? "UnknownError",
    errorMessage: error.message,
    stackTrace: error.stack?.split("\n") ?? [],
  };
}

/** Writes an entry as one line, whatever is in it. */
function writeLine(text) {
  const bytes = Buffer.from(`${text.replaceAll("\n", "\r")}\n`);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += fs.writeSync(STANDARD_OUTPUT, bytes, at);
    } catch (error) {
      if (error.code === "EPIPE") return;
      if (error.code !== "EAGAIN") throw error;
      // The pipe is full, and `process.stdout` has made it one that does not wait.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
}

/** Notes the first use of a stream: making it costs a millisecond that few handlers need. */
function watch(name) {
  const { get, enumerable } = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable,
    get() {
      const stream = get.call(process);
      usedStreams.add(stream);
      return stream;
    },
  });
}

/** Resolves when all that was written to `process.stdout` and `process.stderr` is out. */
async function flush() {
  for (const stream of usedStreams) {
    if (stream.writableLength > 0) await new Promise((resolve) => stream.write("", resolve));
  }
}

module.exports = { flush, patchConsole, setInvocation };
