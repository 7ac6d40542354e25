import { Refused, session, type Proof } from "../../state/session.svelte";
import { t } from "../../text/en";

const PREFIX = /^Bad request - invalid parameters provided\.\s*/;

/** One try after the other to sign in, and what came of the last. */
export class Signing {
  fault = $state("");
  isBusy = $state(false);

  /** Tells whether somebody is signed in now. */
  async try(proof: Proof): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.fault = "";
    try {
      await session.signIn(proof);
      return true;
    } catch (thrown) {
      this.fault = sentence(thrown);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}

function sentence(thrown: unknown): string {
  if (!(thrown instanceof Refused)) return t.problem.offline;
  if (thrown.seconds) return t.signIn.wait(thrown.seconds);
  return thrown.message.replace(PREFIX, "") || t.problem.unexpected;
}

/** The secret of a link: it stands in the fragment, which no log or proxy sees. */
export function secretOfLink(): string {
  return location.hash.slice(1);
}
