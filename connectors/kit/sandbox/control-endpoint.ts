import * as z from 'zod';
import type { Fault, FaultPlan } from './faults.ts';
import type { SandboxRequest } from './upstream.ts';

/** Answers `GET /control`, `POST /control/faults` and `DELETE /control/faults`; `state` gives what is told back. */
export function answerControl(
  request: SandboxRequest,
  plan: FaultPlan,
  state: () => object,
): { status: number; body: object } {
  if (request.path === '/control' && request.method === 'GET') return { status: 200, body: state() };
  if (request.path !== '/control/faults') return refuse(404, 'There are /control and /control/faults.');
  if (request.method === 'DELETE') {
    plan.clear();
    return { status: 200, body: state() };
  }
  // A page of another site can post a form here, but not JSON.
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  if (request.method !== 'POST' || !isJson) return refuse(415, 'POST a fault as application/json, or DELETE all.');
  try {
    plan.add(JSON.parse(request.body) as Fault);
    return { status: 201, body: state() };
  } catch (error) {
    return refuse(400, error instanceof z.ZodError ? z.prettifyError(error) : 'The body is no JSON.');
  }
}

const refuse = (status: number, message: string) => ({ status, body: { message } });
