/** One function app or one of its slots. */
export interface Target {
  /** ARM id of the site or slot. */
  readonly id: string;
  readonly name: string;
  readonly slot?: string;
  /** `app` or `app/slot`, as in answers files and `--confirm`. */
  readonly label: string;
  readonly resourceGroup: string;
  readonly subscriptionId: string;
  readonly location: string;
  readonly kind: string;
  readonly tags: Readonly<Record<string, string>>;
}
