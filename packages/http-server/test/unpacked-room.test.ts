import { expect, test } from 'vitest';
import { RoomOfCall, UnpackedRoom } from '../src/rpc/unpacked-room.js';

const MIB = 1024 * 1024;

test('the largest messages are unpacked one after the other, small ones beside them, in the order in which they came', async () => {
  const room = new UnpackedRoom();
  const granted: string[] = [];
  const ask = (name: string, packedBytes: number) => {
    const call = new RoomOfCall(room);
    const taken = call.takeFor(packedBytes).then(() => granted.push(name));
    return { call, taken };
  };
  const first = ask('first', 50 * MIB);
  const small = ask('small', 1000);
  const second = ask('second', MIB);
  const behind = ask('behind', 1000);
  await Promise.all([first.taken, small.taken]);
  expect(granted).toEqual(['first', 'small']);
  first.call.giveBack();
  await Promise.all([second.taken, behind.taken]);
  expect(granted).toEqual(['first', 'small', 'second', 'behind']);
});

test('a call that is over when its turn comes gives back what it gets', async () => {
  const room = new UnpackedRoom();
  const [held, left, next] = [new RoomOfCall(room), new RoomOfCall(room), new RoomOfCall(room)];
  await held.takeFor(MIB);
  const late = left.takeFor(MIB);
  left.end();
  held.end();
  await late;
  await next.takeFor(MIB);
  next.end();
});
