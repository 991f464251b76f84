import { useEffect, useState } from 'react';

/** Milliseconds between looks at the hub's clock; in between it goes on by its own speed. */
const LOOK_EVERY_MS = 15_000;

const inHanoi = new Intl.DateTimeFormat('vi-VN', {
  timeZone: 'Asia/Ho_Chi_Minh',
  dateStyle: 'short',
  timeStyle: 'short',
});

async function readClock() {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ clock { now simulated speed } }' }),
  });
  const { now, simulated, speed } = (await response.json()).data.clock;
  return { at: Date.parse(now), simulated, speed, readAt: performance.now() };
}

/** The name of the hub, and what the domain calls now where that is the sandbox's clock. */
export function HubTitle() {
  const [clock, setClock] = useState(null);
  const [, tick] = useState(0);
  useEffect(() => {
    const look = () => readClock().then(setClock, () => setClock(null));
    look();
    const looking = setInterval(look, LOOK_EVERY_MS);
    const ticking = setInterval(() => tick((count) => count + 1), 1_000);
    return () => {
      clearInterval(looking);
      clearInterval(ticking);
    };
  }, []);
  return (
    <span className="hub-title">
      <strong>Liên Thông</strong>
      {clock?.simulated && (
        <span className="hub-clock" title="Đồng hồ của môi trường thử · The sandbox's clock">
          {inHanoi.format(clock.at + (performance.now() - clock.readAt) * clock.speed)}
          {clock.speed > 0 ? ` · ×${clock.speed}` : ' · đứng yên'}
        </span>
      )}
    </span>
  );
}
