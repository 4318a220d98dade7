import { KcsMedium } from '../kcs/medium.ts';
export class SsifMedium extends KcsMedium {}
