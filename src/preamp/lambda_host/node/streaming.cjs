"use strict";
/**
 * `awslambda`, the global by which a handler streams its response.
 *
 * What is written is collected and sent when the stream ends, in the content type the handler
 * chose; whoever asked sees it at once, not as it is written.
 *
 * AWS: "Response streaming for Lambda functions", "Writing response streaming-enabled functions".
 */
const { Writable } = require("node:stream");
const { InvalidStreamingOperation } = require("./errors.cjs");

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HTTP_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response";
const END_OF_PRELUDE = Buffer.alloc(8);

class ResponseStream extends Writable {
  _onBeforeFirstWrite = null;
  #pieces = [];
  #contentType = "application/octet-stream";

  /** Sets the content type; too late after the first write. */
  setContentType(contentType) {
    if (this.#pieces.length > 0) {
      throw new InvalidStreamingOperation("Cannot set content-type, too late.");
    }
    this.#contentType = contentType;
  }

  write(chunk, ...rest) {
    const isBytes = typeof chunk === "string" || chunk instanceof Uint8Array;
    const prepare = this._onBeforeFirstWrite;
    this._onBeforeFirstWrite = null;
    prepare?.((piece) => super.write(piece));
    return super.write(isBytes ? chunk : JSON.stringify(chunk), ...rest);
  }

  _write(chunk, _encoding, done) {
    this.#pieces.push(chunk);
    done();
  }

  /** All that was written. */
  get content() {
    return Buffer.concat(this.#pieces);
  }

  /** The headers the Runtime API wants with it. */
  get headers() {
    const mode = { "Lambda-Runtime-Function-Response-Mode": "streaming" };
    return { "Content-Type": this.#contentType, ...mode };
  }
}

/** What `awslambda.HttpResponseStream` is: a stream that begins with status and headers. */
class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType(HTTP_CONTENT_TYPE);
    stream._onBeforeFirstWrite = (write) => {
      write(JSON.stringify(prelude));
      write(END_OF_PRELUDE);
    };
    return stream;
  }
}

/** Makes the global. */
function provideStreaming() {
  if (/^(1|true)$/.test(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA ?? "")) return;
  const streamifyResponse = (handler) => Object.assign(handler, { [STREAMING]: "response" });
  globalThis.awslambda = { streamifyResponse, HttpResponseStream };
}

function isStreaming(handler) {
  return handler[STREAMING] === "response";
}

module.exports = { ResponseStream, isStreaming, provideStreaming };
