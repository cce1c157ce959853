// Greets, and says which of its instances it is.
const { createServer } = require('node:http');

const { GREETER_PORT, GREETER_NAME, COUNTER_URL } = process.env;
const server = createServer((request, response) => {
  if (request.url === '/health/ready') return response.end();
  if (request.url === '/greet') {
    return fetch(`${COUNTER_URL}/count`, { method: 'POST' }).then(
      async (answer) => response.end(`${GREETER_NAME} ${await answer.text()}`),
      () => response.writeHead(503).end(),
    );
  }
  return response.writeHead(404).end();
});
const end = () => server.close(() => process.exit(0)).closeAllConnections();
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, end);
server.listen(Number(GREETER_PORT), '127.0.0.1', () => console.log(`{"time":${Date.now()},"msg":"${GREETER_NAME}"}`));
