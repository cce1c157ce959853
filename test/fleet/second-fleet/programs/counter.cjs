// Counts in the store, without which it does not even start: it must not be started before that is ready.
const { createServer } = require('node:http');
const { connect } = require('node:net');

const { COUNTER_PORT, STORE_ADDRESS, GREETING_WORD = 'greeting' } = process.env;
const [host, port] = STORE_ADDRESS.split(':');

function increment() {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) }, () => socket.write('increment\n'));
    socket.once('data', (count) => {
      socket.destroy();
      resolve(count.toString().trim());
    });
    socket.once('error', reject);
  });
}

const probe = connect({ host, port: Number(port) }, () => probe.destroy());
probe.once('error', (error) => {
  console.error(`there is no store: ${error.code}`);
  process.exit(1);
});

const server = createServer((request, response) => {
  if (request.url === '/health/ready') return response.end();
  return increment().then(
    (count) => response.end(`${GREETING_WORD} ${count}`),
    () => response.writeHead(503).end(),
  );
});
const end = () => server.close(() => process.exit(0)).closeAllConnections();
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, end);
server.listen(Number(COUNTER_PORT), '127.0.0.1', () => console.log(`{"time":${Date.now()},"msg":"counter"}`));
