"use strict";
/**
 * The program a Node.js function runs in: loads its handler, then serves one invocation after
 * another until the Runtime API is gone.
 *
 * Started as `node runtime.cjs [why the AWS SDK is not there]` with the environment variables
 * AWS gives a runtime.
 *
 * AWS: "Understanding the Lambda execution environment lifecycle", "Using the Lambda runtime API
 * for custom runtimes".
 */
const { RuntimeApi } = require("./api.cjs");
const errors = require("./errors.cjs");
const { call, callStreaming, checkHandler, contextOf, hasCallbacks } = require("./invocation.cjs");
const { loadHandler } = require("./loading.cjs");
const { flush, patchConsole, setInvocation } = require("./logs.cjs");
const { extendImports } = require("./modules.cjs");
const { isStreaming, provideStreaming } = require("./streaming.cjs");

const UNHANDLED_REJECTION = 128;
const UNCAUGHT_EXCEPTION = 129;

async function main() {
  const environment = process.env;
  const [sdkProblem] = process.argv.splice(2);
  const runtime = new Runtime(environment);
  process.on("uncaughtException", (error) => {
    runtime.die("Uncaught Exception", error, UNCAUGHT_EXCEPTION);
  });
  process.on("unhandledRejection", (reason) => {
    const error = errors.unhandledRejection(reason);
    runtime.die("Unhandled Promise Rejection", error, UNHANDLED_REJECTION);
  });
  extendImports(sdkProblem);
  provideStreaming();
  await runtime.initialize();
  await runtime.serve();
}

class Runtime {
  #environment;
  #api;
  #logError;
  #withCallbacks;
  #handler = null;
  #requestId = null;
  #isDying = false;

  constructor(environment) {
    this.#environment = environment;
    this.#api = new RuntimeApi(environment.AWS_LAMBDA_RUNTIME_API);
    this.#logError = patchConsole(environment);
    this.#withCallbacks = hasCallbacks(environment.AWS_EXECUTION_ENV);
  }

  async initialize() {
    try {
      const { LAMBDA_TASK_ROOT: root, _HANDLER: name } = this.#environment;
      const handler = await loadHandler(root, name);
      if (!isStreaming(handler)) checkHandler(handler, this.#withCallbacks);
      this.#handler = handler;
    } catch (error) {
      await this.die("Uncaught Exception", error, UNCAUGHT_EXCEPTION);
    }
  }

  /** Serves until the Runtime API is gone; then there is nothing to live for. */
  async serve() {
    try {
      for (;;) await this.#serveOne();
    } catch {
      process.exit(1);
    }
  }

  /** Reports an error that ends the process, and ends it. */
  async die(title, error, status) {
    if (this.#isDying) return;
    this.#isDying = true;
    this.#logError(title, error);
    await flush();
    const answer = errors.answerOf(error);
    try {
      if (this.#handler === null) await this.#api.failInitialization(answer);
      else if (this.#requestId !== null) await this.#api.fail(this.#requestId, answer);
    } finally {
      process.exit(status);
    }
  }

  async #serveOne() {
    const { headers, body } = await this.#api.next();
    const id = headers["lambda-runtime-aws-request-id"];
    this.#requestId = id;
    setInvocation(id, headers["lambda-runtime-aws-tenant-id"]);
    this.#setTrace(headers["lambda-runtime-trace-id"]);
    const answer = await this.#answer(headers, body);
    await flush();
    // A process that is ending answers for itself.
    if (this.#isDying) return new Promise(() => {});
    this.#requestId = null;
    await answer(id);
  }

  /** Calls the handler; resolves to what sends its answer. */
  async #answer(headers, body) {
    try {
      const event = JSON.parse(body.toString("utf8"));
      const context = contextOf(headers);
      if (isStreaming(this.#handler)) {
        const stream = await callStreaming(this.#handler, event, context);
        return (id) => this.#api.respond(id, stream.content, stream.headers);
      }
      const result = await call(this.#handler, event, context, this.#withCallbacks);
      return (id) => this.#api.respond(id, result);
    } catch (error) {
      if (!this.#isDying) this.#logError("Invoke Error", error);
      return (id) => this.#api.fail(id, errors.answerOf(error));
    }
  }

  #setTrace(trace) {
    if (trace) this.#environment._X_AMZN_TRACE_ID = trace;
    else delete this.#environment._X_AMZN_TRACE_ID;
  }
}

void main();
