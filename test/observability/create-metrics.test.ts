import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '../../src/observability/index.ts';

const bodyOf = async (metrics: ReturnType<typeof createMetrics>): Promise<string> => (await metrics.render()).body;

describe('the figures of a process', () => {
  test('count runs and observations by source', async () => {
    const metrics = createMetrics({ withProcess: false });
    metrics.runs.ended('khcn', 'SUCCEEDED', 0.4);
    metrics.runs.ended('khcn', 'FAILED', 2);
    metrics.runs.countObservations('khcn', 'accepted', 884);
    const body = await bodyOf(metrics);
    expect(body).toContain('lienthong_runs_total{source="khcn",state="SUCCEEDED"} 1');
    expect(body).toContain('lienthong_run_seconds_count{source="khcn"} 2');
    expect(body).toContain('lienthong_observations_total{source="khcn",outcome="accepted"} 884');
  });

  test('tell of subscribers, lag and connections', async () => {
    const metrics = createMetrics({ withProcess: false });
    metrics.live.setSubscribers(12);
    metrics.live.setOperations(3);
    metrics.live.countPublished(5);
    metrics.live.observeLag(0.003);
    metrics.live.countSlowConsumer();
    metrics.http.setConnections('websocket', 12);
    metrics.http.answered('/graphql', 200, 0.01);
    const body = await bodyOf(metrics);
    expect(body).toContain('lienthong_feed_subscribers 12');
    expect(body).toContain('lienthong_feed_operations 3');
    expect(body).toContain('lienthong_feed_changes_total 5');
    expect(body).toContain('lienthong_feed_lag_seconds_bucket{le="0.005"} 1');
    expect(body).toContain('lienthong_feed_slow_consumers_total 1');
    expect(body).toContain('lienthong_connections{transport="websocket"} 12');
    expect(body).toContain('lienthong_http_request_seconds_count{route="/graphql",status="200"} 1');
  });

  test('ask for the queue and the freshness when read, and do without while nobody answers', async () => {
    const metrics = createMetrics({ withProcess: false });
    const stopWatching = metrics.watchQueue(async () => ({ waiting: 2 }));
    metrics.watchFreshness(() => Promise.reject(new Error('the database is away')));
    expect(await bodyOf(metrics)).toContain('lienthong_queue_jobs{state="waiting"} 2');
    expect(await bodyOf(metrics)).not.toContain('lienthong_source_age_seconds{');
    stopWatching();
    expect(await bodyOf(metrics)).not.toContain('lienthong_queue_jobs{');
  });

  test('of two sets in one process do not meet', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.live.setSubscribers(7);
    expect(await bodyOf(other)).toContain('lienthong_feed_subscribers 0');
    expect((await other.render()).contentType).toMatch(/^text\/plain/);
  });
});
