"use strict";
/**
 * A client of the Lambda Runtime API: one kept connection, one request at a time.
 *
 * Owns the wire only. It speaks HTTP/1.1 itself, because Node's own client takes longer for one
 * such request than everything else in a warm invocation together. While a handler runs, the
 * connection does not keep the process awake, so that Node tells when the handler has nothing
 * left to do.
 *
 * AWS: "Using the Lambda runtime API for custom runtimes".
 */
const net = require("node:net");

const ROOT = "/2018-06-01/runtime";
const END_OF_HEAD = "\r\n\r\n";

/** Collects one HTTP answer from the pieces it arrives in. */
class AnswerReader {
  #pieces = [];
  #size = 0;
  #head = null;
  #bodyStart = 0;

  get isEmpty() {
    return this.#size === 0;
  }

  /** Takes a piece; returns the whole answer with the last one, before that null. */
  take(piece) {
    this.#pieces.push(piece);
    this.#size += piece.length;
    this.#head ??= this.#readHead();
    if (this.#head === null) return null;
    const body = this.#head.isChunked ? unchunked(this.#body()) : this.#sizedBody();
    return body && { ...this.#head, body };
  }

  #joined() {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0];
  }

  #body() {
    return this.#joined().subarray(this.#bodyStart);
  }

  #sizedBody() {
    const length = Number(this.#head.headers["content-length"] ?? 0);
    return this.#size - this.#bodyStart < length ? null : this.#body().subarray(0, length);
  }

  #readHead() {
    const bytes = this.#joined();
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0) return null;
    this.#bodyStart = end + END_OF_HEAD.length;
    const [first, ...lines] = bytes.toString("utf8", 0, end).split("\r\n");
    const headers = {};
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const isChunked = /chunked/i.test(headers["transfer-encoding"] ?? "");
    return { status: Number(first.split(" ")[1]), headers, isChunked };
  }
}

/** Decodes a chunked body; null while its last chunk is missing. */
function unchunked(bytes) {
  const chunks = [];
  let at = 0;
  for (;;) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return null;
    const length = Number.parseInt(bytes.toString("latin1", at, line), 16);
    const start = line + 2;
    if (bytes.length < start + length + 2) return null;
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(start, start + length));
    at = start + length + 2;
  }
}

class RuntimeApi {
  #address;
  #host;
  #port;
  #socket = null;
  #pending = null;

  /** @param {string} address `host:port`, as in AWS_LAMBDA_RUNTIME_API. */
  constructor(address) {
    const colon = address.lastIndexOf(":");
    this.#address = address;
    this.#host = address.slice(0, colon);
    this.#port = Number(address.slice(colon + 1));
  }

  /** Waits for an invocation; resolves to its headers, by lower-case name, and its body. */
  async next() {
    const answer = await this.#request("GET", "/invocation/next", {}, "");
    if (answer.status !== 200) throw new Error(`no next invocation: status ${answer.status}`);
    return answer;
  }

  /** Answers an invocation. */
  respond(id, body, headers = { "Content-Type": "application/json" }) {
    return this.#post(`/invocation/${encodeURIComponent(id)}/response`, headers, body);
  }

  /** Answers an invocation with an error object. */
  fail(id, error) {
    return this.#postError(`/invocation/${encodeURIComponent(id)}/error`, error);
  }

  /** Reports that the function could not be initialized. */
  failInitialization(error) {
    return this.#postError("/init/error", error);
  }

  #postError(path, error) {
    const type = String(error.errorType).replace(/[^\x20-\x7e]/g, "?");
    const headers = {
      "Content-Type": "application/vnd.aws.lambda.error+json",
      "Lambda-Runtime-Function-Error-Type": type,
    };
    return this.#post(path, headers, JSON.stringify(error));
  }

  async #post(path, headers, body) {
    const answer = await this.#request("POST", path, headers, body);
    // What the server refuses is the server's to report; after a 500 we are told to exit.
    if (answer.status >= 500) throw new Error(`${path} failed: status ${answer.status}`);
  }

  async #request(method, path, headers, body) {
    const isReused = this.#socket !== null;
    try {
      return await this.#exchange(method, path, headers, body);
    } catch (error) {
      // A connection kept too long may be closed by the time it is wanted again.
      if (!isReused || !error.isUnanswered) throw error;
      return this.#exchange(method, path, headers, body);
    }
  }

  #exchange(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      this.#socket ??= this.#connect();
      this.#pending = { resolve, reject, reader: new AnswerReader() };
      this.#socket.ref();
      this.#send(method, path, headers, body);
    });
  }

  #send(method, path, headers, body) {
    const isText = typeof body === "string";
    const size = isText ? Buffer.byteLength(body) : body.length;
    let head = `${method} ${ROOT}${path} HTTP/1.1\r\nHost: ${this.#address}\r\n`;
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
    if (method !== "GET") head += `Content-Length: ${size}\r\n`;
    head += "\r\n";
    if (isText) {
      this.#socket.write(head + body);
      return;
    }
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #connect() {
    const socket = net.connect({ host: this.#host, port: this.#port, noDelay: true });
    socket.on("data", (piece) => this.#take(socket, piece));
    socket.on("error", (error) => this.#lose(socket, error));
    socket.on("close", () => this.#lose(socket, new Error("the connection was closed")));
    return socket;
  }

  #take(socket, piece) {
    const pending = this.#pending;
    const answer = pending?.reader.take(piece);
    if (!answer) return;
    this.#pending = null;
    socket.unref();
    if (/close/i.test(answer.headers.connection ?? "")) {
      this.#socket = null;
      socket.destroy();
    }
    pending.resolve(answer);
  }

  #lose(socket, error) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(Object.assign(error, { isUnanswered: pending.reader.isEmpty }));
  }
}

module.exports = { RuntimeApi };
