import { testBugs } from './bug-test.ts';

testBugs('ssif-bmc@v10');
testBugs('ssif-bmc@v10,i2c-aspeed@nak');
