// Speaks the Lambda Runtime API for a Node.js handler. Written by the server into each environment.
"use strict";

const fs = require("fs");
const http = require("http");
const path = require("path");
const url = require("url");
const util = require("util");

const [host, ...rest] = process.env.AWS_LAMBDA_RUNTIME_API.split("/");
const base = (rest.length ? "/" + rest.join("/") : "") + "/2018-06-01/runtime";
const mark = process.env.SLIPWAY_MARK || "";
delete process.env.SLIPWAY_MARK;
const root = process.env.LAMBDA_TASK_ROOT;
const [hostname, port] = host.split(":");
let requestId = "";

function ask(method, where, body, headers) {
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path: base + where, headers, agent: false }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

// Lets what was printed go first, so that the log of this invocation is whole.
function finish(where, body, kind) {
  fs.writeSync(1, mark);
  const headers = { "slipway-max-memory-kb": String(process.resourceUsage().maxRSS) };
  if (kind) headers["Lambda-Runtime-Function-Error-Type"] = kind;
  return ask("POST", where, body, headers);
}

const levels = { log: "INFO", info: "INFO", debug: "DEBUG", trace: "TRACE", warn: "WARN", error: "ERROR" };
for (const [name, level] of Object.entries(levels)) {
  console[name] = (...words) => {
    const text = util.format(...words).replace(/\n/g, "\r");
    fs.writeSync(1, `${new Date().toISOString()}\t${requestId}\t${level}\t${text}\n`);
  };
}

function fault(kind, message) {
  const error = new Error(message);
  error.name = kind;
  return error;
}

function told(error, what) {
  const known = error instanceof Error || (error && error.name && error.message);
  const said = known
    ? { errorType: error.name, errorMessage: error.message, trace: String(error.stack || "").split("\n") }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
  console.error(`${what} Error \t${JSON.stringify(said)}`);
  return JSON.stringify(said);
}

async function load(name) {
  const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
  if (dot < 0) throw fault("Runtime.MalformedHandlerName", "Bad handler");
  const file = path.resolve(root, name.slice(0, dot));
  const found = ["", ".js", ".mjs", ".cjs"].map((end) => file + end).find((it) => fs.existsSync(it) && fs.statSync(it).isFile());
  if (!found) throw fault("Runtime.ImportModuleError", `Error: Cannot find module '${name.slice(0, dot)}'`);
  let module;
  try {
    module = found.endsWith(".mjs") ? await import(url.pathToFileURL(found)) : require(found);
  } catch (error) {
    if (error.code === "ERR_REQUIRE_ESM") module = await import(url.pathToFileURL(found));
    else if (error.code === "MODULE_NOT_FOUND") throw fault("Runtime.ImportModuleError", String(error));
    else if (error instanceof SyntaxError) throw fault("Runtime.UserCodeSyntaxError", String(error));
    else throw error;
  }
  const handler = name.slice(dot + 1).split(".").reduce((at, step) => at && at[step], module);
  if (typeof handler !== "function") throw fault("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  return handler;
}

function contextOf(headers, callback) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const client = headers["lambda-runtime-client-context"];
  return {
    awsRequestId: requestId,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: client ? JSON.parse(client) : undefined,
    identity: undefined,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: callback,
    fail: (error) => callback(error),
    succeed: (result) => callback(null, result),
  };
}

// A handler answers by a promise or by its callback; one that does neither answers null when nothing is left to do.
function answer(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const idle = () => resolve(null);
    process.once("beforeExit", idle);
    const settle = (act) => (value) => {
      process.removeListener("beforeExit", idle);
      act(value);
    };
    const callback = (error, result) => (error ? settle(reject)(error) : settle(resolve)(result));
    try {
      const returned = handler(event, contextOf(headers, callback), callback);
      if (returned && typeof returned.then === "function") returned.then(settle(resolve), settle(reject));
    } catch (error) {
      settle(reject)(error);
    }
  });
}

async function main() {
  let handler;
  try {
    handler = await load(process.env._HANDLER);
  } catch (error) {
    await finish("/init/error", told(error, "Init"), "Runtime.ExitError");
    process.exit(1);
  }
  for (;;) {
    const { status, headers, body } = await ask("GET", "/invocation/next");
    if (status !== 200) process.exit(0);
    requestId = headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] || "";
    const where = `/invocation/${requestId}`;
    try {
      const result = await answer(handler, JSON.parse(body.toString("utf8")), headers);
      const said = JSON.stringify(result === undefined ? null : result);
      await finish(`${where}/response`, said);
    } catch (error) {
      await finish(`${where}/error`, told(error, "Invoke"), "Unhandled");
    }
  }
}

function give_up(kind) {
  return (error) => {
    const said = fault(kind, String((error && error.message) || error));
    said.stack = (error && error.stack) || said.stack;
    finish(`/invocation/${requestId}/error`, told(kind ? said : error, "Invoke"), "Unhandled").then(() => process.exit(1));
  };
}

process.on("unhandledRejection", give_up("Runtime.UnhandledPromiseRejection"));
process.on("uncaughtException", (error) => {
  finish(`/invocation/${requestId}/error`, told(error, "Uncaught Exception"), "Unhandled").then(() => process.exit(129));
});

main();
