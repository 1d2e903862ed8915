"use strict";
/**
 * What goes wrong in a handler, in the words of AWS Lambda's Node.js runtimes.
 *
 * Owns the shapes of an error: the one Lambda answers with, and the one it logs. Knows nothing of
 * how either gets anywhere.
 *
 * AWS: "Lambda function handler errors in Node.js", "Using the Lambda runtime API".
 */

/** Makes a class of errors that Lambda calls `Runtime.<name>`. */
function runtimeError(name) {
  return class extends Error {
    get name() {
      return `Runtime.${name}`;
    }
  };
}

const CallbackHandlerDeprecated = runtimeError("CallbackHandlerDeprecated");
const HandlerNotFound = runtimeError("HandlerNotFound");
const ImportModuleError = runtimeError("ImportModuleError");
const InvalidStreamingOperation = runtimeError("InvalidStreamingOperation");
const JSONStringifyError = runtimeError("JSONStringifyError");
const MalformedHandlerName = runtimeError("MalformedHandlerName");
const NodeJsExit = runtimeError("NodeJsExit");
const UnhandledPromiseRejection = runtimeError("UnhandledPromiseRejection");
const UserCodeSyntaxError = runtimeError("UserCodeSyntaxError");

/** The error of a promise that nobody caught. */
function unhandledRejection(reason) {
  const error = new UnhandledPromiseRejection(String(reason));
  error.reason = reason;
  return error;
}

/** The error object Lambda answers with, for anything that was thrown. */
function answerOf(thrown) {
  try {
    if (thrown instanceof Error || isErrorLike(thrown)) {
      const trace = String(thrown.stack ?? "").split("\n");
      return { errorType: thrown.name, errorMessage: thrown.message, trace };
    }
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    const errorMessage = "an error was raised whose name, message or stack cannot be read";
    return { errorType: "handled", errorMessage, trace: [] };
  }
}

/** Tells an error of another realm, such as a `vm` context, which is no instance of ours. */
function isErrorLike(thrown) {
  return ["name", "message", "stack"].every((key) => typeof thrown?.[key] === "string");
}

/** The error as one line of JSON for the log, with what it carries beside its message. */
function logTextOf(thrown) {
  try {
    return `\t${JSON.stringify(asError(thrown), (_, value) => expanded(value))}`;
  } catch {
    return `\t${JSON.stringify(answerOf(thrown))}`;
  }
}

function expanded(value) {
  if (!(value instanceof Error)) return value;
  const { name: errorType, message: errorMessage, code, stack } = value;
  return { errorType, errorMessage, code, ...value, stack: stack?.split("\n") };
}

/** The thrown thing as an error. */
function asError(thrown) {
  return thrown instanceof Error ? thrown : new Error(thrown);
}

module.exports = {
  CallbackHandlerDeprecated,
  HandlerNotFound,
  ImportModuleError,
  InvalidStreamingOperation,
  JSONStringifyError,
  MalformedHandlerName,
  NodeJsExit,
  UserCodeSyntaxError,
  answerOf,
  asError,
  logTextOf,
  unhandledRejection,
};
