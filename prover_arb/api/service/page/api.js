// Requests to the service. Errors are its problem documents.

import { key } from "./key.js";

export class Problem extends Error {
  constructor({ status = 0, type = "", title, detail = "", errors = [] }, retryAfter = null) {
    super(title);
    Object.assign(this, { status, type, title, detail, errors, retryAfter });
  }
}

const UNREACHABLE = {
  title: "The service does not answer",
  detail: "Check that it runs and that you are connected, then try again.",
};

// Sends a request and returns the answer; raises Problem for any that is not good.
export async function send(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = { Accept: "application/json, text/event-stream", ...headers };
  if (key()) sent.Authorization = `Bearer ${key()}`;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      cache: "no-store",
      credentials: "omit",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(UNREACHABLE);
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.status === 401) document.dispatchEvent(new CustomEvent("key-refused"));
  throw problem;
}

async function problemOf(response) {
  let said;
  try {
    said = await response.json();
  } catch {
    said = { title: `The service answered ${response.status} ${response.statusText}` };
  }
  const retryAfter = response.headers.get("Retry-After");
  return new Problem({ ...said, status: response.status }, retryAfter);
}

// The same, for an answer that is JSON.
export async function call(path, options) {
  return (await send(path, options)).json();
}

export function proofPath(id, rest = "") {
  return `v1/proofs/${encodeURIComponent(id)}${rest}`;
}

// A name for a request, with which it can be sent again without being done twice.
export function requestKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
