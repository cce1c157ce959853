// Gives each greeter its turn.
const { createServer, request: send } = require('node:http');

const { BALANCER_PORT, GREETERS } = process.env;
// `name:port=host:port`
const greeters = GREETERS.split(',').map((member) => member.split('=').at(-1));
let turn = 0;
const server = createServer((request, response) => {
  if (request.url === '/health/ready') return response.end();
  const [host, port] = greeters[turn++ % greeters.length].split(':');
  const next = send({ host, port, path: request.url, method: request.method }, (answer) => {
    response.writeHead(answer.statusCode);
    answer.pipe(response);
  });
  next.on('error', () => response.writeHead(502).end());
  return request.pipe(next);
});
const end = () => server.close(() => process.exit(0)).closeAllConnections();
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, end);
server.listen(Number(BALANCER_PORT), '127.0.0.1', () => console.log(`{"time":${Date.now()},"msg":"balancer"}`));
