// The hub through the client that @hey-api/openapi-ts makes of its description.
import { client } from "./hey/client.gen";
import { eventsAccept, propertiesGet, propertiesListed, propertiesPut } from "./hey/sdk.gen";

client.setConfig({ baseUrl: process.env.HUB ?? "", auth: () => process.env.KEY ?? "" });

async function main(): Promise<void> {
  const path = { property_id: "generated" };
  const body = { name: "Generated", time_zone: "Europe/Lisbon", country: "PT", currency: "EUR" };
  const put = await propertiesPut({ path, body });
  const got = await propertiesGet({ path });
  const listed = await propertiesListed({ query: { limit: 200 } });
  const events = await eventsAccept({
    headers: { "Idempotency-Key": "generated" },
    body: {
      snapshots: [
        { kind: "guest", source_id: "h1", property_id: "generated", changed_at: "2026-03-01T10:00:00Z", family_name: "Lee" },
      ],
    },
  });
  const refused = await propertiesGet({ path: { property_id: "nowhere" } });
  console.log(
    JSON.stringify({
      put: put.data?.name,
      got: got.data?.time_zone,
      listed: listed.data?.items.some((each) => each.id === "generated"),
      accepted: events.data?.results.map((each) => each.status),
      refused: refused.error?.status,
    }),
  );
}

void main();
