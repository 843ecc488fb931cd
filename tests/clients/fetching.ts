// The hub through openapi-fetch, with the types that openapi-typescript makes of its description.
import createClient from "openapi-fetch";
import type { paths } from "./schema";

const hub = createClient<paths>({
  baseUrl: process.env.HUB ?? "",
  headers: { Authorization: `Bearer ${process.env.KEY}` },
});

async function main(): Promise<void> {
  const path = { property_id: "fetched" };
  const body = { name: "Fetched", time_zone: "Europe/Lisbon", country: "PT", currency: "EUR" };
  const put = await hub.PUT("/v1/properties/{property_id}", { params: { path }, body });
  const got = await hub.GET("/v1/properties/{property_id}", { params: { path } });
  const listed = await hub.GET("/v1/properties", { params: { query: { limit: 200 } } });
  const events = await hub.POST("/v1/events", {
    params: { header: { "Idempotency-Key": "fetched" } },
    body: {
      snapshots: [
        { kind: "guest", source_id: "f1", property_id: "fetched", changed_at: "2026-03-01T10:00:00Z", family_name: "Lee" },
      ],
    },
  });
  const refused = await hub.GET("/v1/properties/{property_id}", { params: { path: { property_id: "nowhere" } } });
  console.log(
    JSON.stringify({
      put: put.data?.name,
      got: got.data?.time_zone,
      listed: listed.data?.items.some((each) => each.id === "fetched"),
      accepted: events.data?.results.map((each) => each.status),
      refused: refused.error?.status,
    }),
  );
}

void main();
