export { systemReason } from '@flotilla/contracts/command-line';
