// Requests to the host. A refusal is an ApiError with the server's code; after a lost connection or
// a new login the same is sent again under the same id, which the server takes for one request.

import { expireSession, session } from './session.js';
import { learnServerTime } from './server_clock.js';
import { setConnected } from './connection.js';

const firstPause_ms = 300;
const pauseMax_ms = 4000;
// Far longer than the host takes for anything: a connection that is dead and does not say so.
const answerMax_ms = 30000;

// Gives true once the person is logged in again.
let askLoginAgain = async () => false;
export function onLoginOver(ask) {
  askLoginAgain = ask;
}

export class ApiError extends Error {
  constructor(status, problem, retry_after_ms) {
    super(problem.title ?? String(status));
    this.status = status;
    this.code = problem.code ?? 'internal';
    this.detail = problem.detail ?? '';
    this.retryable = problem.retryable === true;
    this.seats = problem.seats ?? [];
    this.problem = problem;
    this.retry_after_ms = retry_after_ms;
  }
}

// Aborted, or nobody answered for as long as the caller was patient.
export class ConnectionError extends Error {}

function headersFor(body) {
  const headers = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const token = session()?.token;
  if (token) headers.Authorization = `Bearer ${token}`;
  return headers;
}

async function readAnswer(response, as) {
  if (response.ok && as === 'blob') return response.blob();
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}

function retryAfter(response) {
  return Number(response.headers.get('Retry-After') ?? 0) * 1000;
}

async function once(method, path, { body, signal, as }) {
  const sent_ms = Date.now();
  const sentToken = session()?.token;
  const inTime = AbortSignal.timeout(answerMax_ms);
  const response = await fetch(path, {
    method,
    headers: headersFor(body),
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, inTime]) : inTime,
  });
  const answer = await readAnswer(response, as);
  if (answer.server_time) learnServerTime(answer.server_time, sent_ms);
  if (response.ok) return answer;
  if (response.status === 401 && sentToken) expireSession(sentToken);
  throw new ApiError(response.status, answer, retryAfter(response));
}

// 502 and 504 are a proxy's, in front of a host that restarts; 503 is the host's own "busy".
function worthAnother(error) {
  return !(error instanceof ApiError) || [502, 503, 504].includes(error.status);
}

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));

// `patience_ms`: how long a request without an answer is sent again. Only for what may be sent
// twice: reads, and changes under an id. `as`: "blob" for a file.
export async function send(method, path, options = {}) {
  for (;;) {
    const sentToken = session()?.token;
    try {
      return await sendPatiently(method, path, options);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401 || !session()) throw error;
      if (error.code === 'bad_credentials') throw error;
      // Another tab may have logged in again meanwhile.
      const renewed = session().token && session().token !== sentToken;
      if (!renewed && !(session().over && (await askLoginAgain()))) throw error;
    }
  }
}

async function sendPatiently(method, path, { patience_ms = 0, ...options }) {
  const until = Date.now() + patience_ms;
  for (let pause_ms = firstPause_ms; ; pause_ms = Math.min(2 * pause_ms, pauseMax_ms)) {
    try {
      const answer = await once(method, path, options);
      setConnected(true);
      return answer;
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      if (!worthAnother(error)) {
        setConnected(true);
        throw error;
      }
      setConnected(false);
      const wait_ms = Math.max(error.retry_after_ms ?? 0, pause_ms * (0.75 + Math.random() / 2));
      if (Date.now() + wait_ms > until) {
        throw error instanceof ApiError ? error : new ConnectionError(error.message);
      }
      await sleep(wait_ms);
    }
  }
}

const readPatience_ms = 60000;
const changePatience_ms = 120000;

export const get = (path, options = {}) =>
  send('GET', path, { patience_ms: readPatience_ms, ...options });
export const put = (path, body, options = {}) =>
  send('PUT', path, { body, patience_ms: changePatience_ms, ...options });
export const remove = (path, options = {}) =>
  send('DELETE', path, { patience_ms: readPatience_ms, ...options });
export const post = (path, body, options = {}) => send('POST', path, { body, ...options });
