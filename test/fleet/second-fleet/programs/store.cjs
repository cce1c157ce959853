// Not one of ours: a number behind TCP, kept in a file of the folder that it is given. It takes a while to begin.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:net');
const { join } = require('node:path');

const [port, folder] = process.argv.slice(2);
const file = join(folder, 'count');
let count = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', () => {
    count += 1;
    writeFileSync(file, String(count));
    socket.end(`${count}\n`);
  });
});
process.once('SIGTERM', () => {
  console.log('ended by its own signal');
  process.exit(0);
});
setTimeout(() => server.listen(Number(port), '127.0.0.1'), 300);
