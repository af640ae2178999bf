/** The findings of `doctor` up to a signed-in account: cloud, endpoints, clock, sign-in, tenants. */
import { ArmFailure, type Connection } from '../../engine/ports.ts';
import { failed, ok, warn, type Finding } from './doctor-findings.ts';
import { counted } from '../../text/counted.ts';

/** Facts that are known without a sign-in. connect.ts provides them. */
export interface Surroundings {
  readonly cloud: string;
  readonly endpoint: string;
  readonly authority: string;
  readonly reach: (what: 'endpoint' | 'authority') => Promise<{ readonly milliseconds: number; readonly ahead?: number }>;
}

/** Milliseconds. With a larger difference of the clocks, Azure refuses tokens. */
const FORGIVEN = 5 * 60_000;

/** Checks cloud, endpoints and clock. `signsIn`: whether the sign-in service is used; with a given token it is not. */
export async function checkSurroundings(around: Surroundings, signsIn: boolean): Promise<Finding[]> {
  const [endpoint, authority] = await Promise.all([
    answering('endpoint', around.endpoint, () => around.reach('endpoint')),
    signsIn ? answering('sign-in service', around.authority, () => around.reach('authority')) : undefined,
  ]);
  const ahead = endpoint.ahead ?? authority?.ahead;
  return [
    ok('cloud', around.cloud),
    endpoint.finding,
    ...(authority ? [authority.finding] : []),
    ...(ahead === undefined ? [] : [clock(ahead)]),
  ];
}

async function answering(
  what: string,
  address: string,
  reach: () => ReturnType<Surroundings['reach']>,
): Promise<{ finding: Finding; ahead?: number }> {
  try {
    const { milliseconds, ...rest } = await reach();
    return { finding: ok(what, `${address} responds in ${milliseconds} ms`), ...rest };
  } catch (error) {
    return { finding: failed(what, error) };
  }
}

function clock(ahead: number): Finding {
  const off = Math.abs(ahead);
  if (off <= FORGIVEN)
    return ok(
      'clock',
      off < 2000 ? "the same time as Azure's clock" : `${Math.round(off / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} Azure's clock`,
    );
  return warn(
    'clock',
    `${counted(Math.round(off / 60_000), 'minute')} ${ahead > 0 ? 'ahead of' : 'behind'} Azure's`,
    'Set the clock of this machine. Azure refuses tokens if the clock is wrong.',
  );
}

export function describeSignIn({ account, signIn }: Connection): Finding[] {
  const who = `${account.name ?? 'signed in'}${account.tenant ? `, tenant ${account.tenant}` : ''}, by ${signIn.way}`;
  return [ok('sign-in', who), ...(signIn.until ? [token(signIn.until)] : [])];
}

function token(until: Date): Finding {
  const minutes = Math.floor((until.getTime() - Date.now()) / 60_000);
  const at = `${until.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const says = `valid until ${at}`;
  if (minutes < 0) return warn('token', `expired at ${at}`, 'Get a new token, or use a sign-in that renews it: az login');
  return minutes < 5
    ? warn('token', says, 'The token expires soon. For a long run, use a sign-in that renews it: az login')
    : ok('token', `${says}, ${counted(minutes, 'minute')} left`);
}

/** Lists the tenants. An account that cannot list them may still do everything else. */
export async function checkTenants({ tenants: list, account }: Connection): Promise<Finding[]> {
  try {
    const found = await list();
    const says = found.map(({ id, name }) => `${name} (${id})${id === account.tenant ? ', selected' : ''}`).join('; ');
    if (found.length === 0) return [];
    return [found.length === 1 ? ok('tenants', says) : { ...ok('tenants', says), next: 'Choose a different tenant with --tenant ID' }];
  } catch (error) {
    if (!(error instanceof ArmFailure) || error.kind === 'signed-out') throw error;
    return [warn('tenants', error.message, error.next)];
  }
}
