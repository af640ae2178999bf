import area from '../../steps/remote-debugging.ts';
import { areaTester } from '../helpers/area-tester.ts';

areaTester.run(area, {
  pass: [
    ['off', { config: { remoteDebuggingEnabled: false } }],
    ['off', { config: {} }, 'off'],
    ['ssh', { plan: 'D-linux', site: { sshEnabled: false } }],
    ['web-sockets', { config: { webSocketsEnabled: false } }],
  ],
  fail: [
    ['off', { config: { remoteDebuggingEnabled: true } }, 'on'],
    ['off', { plan: 'FC1', config: { remoteDebuggingEnabled: true } }, /^on, although /],
    ['ssh', { plan: 'D-linux', site: {} }, 'on'],
    ['web-sockets', { config: { webSocketsEnabled: true } }],
  ],
  plan: [
    ['off', { config: { remoteDebuggingEnabled: true } }, ['siteConfig: remoteDebuggingEnabled = false']],
    ['ssh', { plan: 'D-linux' }, ['site: sshEnabled = false']],
    ['web-sockets', { config: { webSocketsEnabled: true } }, ['siteConfig: webSocketsEnabled = false']],
  ],
  anyway: {
    off: 'fails: a debugger port is the worst that can be left open, and every scanner reports it on every plan',
    'web-sockets': 'inert: Linux apps accept WebSockets at any value, and Container Apps has no such setting',
    ssh: 'never bad: on is what "not set" means',
  },
  recorded: {
    ssh: {
      'not-applicable, Windows apps have no SSH':
        '01[0-2,4] 04[1-3,6-7] 05[0-1] 10[0] 18[0-8] 25[0-1] 26[1-2] 27[0,2] 35[0,3] 2-01[1-3,16,22-23] 2-03[1-3,13-15,19,23,29-30] 2-05[1-3] 2-06[1-4] 2-13[1,10] 2-15[0-1,6-7] 2-17[5-7,11]',
      'not-applicable, Linux Consumption has no SSH': '02[0-1] 2-07[1]',
      'not-applicable, Flex Consumption has no SSH': '03[0-1] 2-19[0,2]',
      'not-applicable, Container Apps has its own console': '06[2,5]',
      'fail, on': '2-07[12] 2-09[1] 2-11[1,6,13] 2-20[0,3] 2-22[2] 2-23[4]',
    },
    off: {
      'pass, off':
        '01[3] 07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-07[13] 2-09[3] 2-11[3,7] 2-13[2,11] 2-15[2,8] 2-17[8-9,12] 2-20[2] 2-23[5] 2-25[1]',
      'not-applicable, Linux Consumption has no remote debugging': '02[2] 2-07[3,10,17]',
      'not-applicable, Flex Consumption has no remote debugging': '03[2]',
      'not-applicable, Container Apps has no remote debugging': '06[6]',
    },
    'web-sockets': {
      'pass, off':
        '01[3] 07[0-2] 11[0-1] 12[0-7] 13[0-1] 14[0-2] 15[0-2] 16[0-2] 17[0-8] 26[0,3] 2-01[4-5,18-19] 2-03[4,16,20,24-25] 2-05[4] 2-06[5-6] 2-13[2,11] 2-15[2,8] 2-17[8-9,12] 2-25[1]',
      'not-applicable, Container Apps has no such setting': '06[6]',
      'not-applicable, Linux apps always accept WebSockets, and this setting has no effect':
        '02[2] 03[2] 2-07[3,10,13,17] 2-09[3] 2-11[3,7] 2-20[2] 2-23[5]',
    },
  },
});
