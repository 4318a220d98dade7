import { testBugs } from './bug-test.ts';

testBugs('i2c-aspeed@2022');
testBugs('ssif-bmc@fixed,i2c-aspeed@2022');
