namespace ContentApi.Content;

internal sealed record QualityItem(string Kind, double Score, long Pieces);

internal static class QualityEndpoints
{
    internal static void MapQuality(this IEndpointRouteBuilder app) =>
        app.MapGet(
            "/quality/summary",
            static (ContentDatabase database, CancellationToken cancellationToken) =>
                database.QueryAsync(
                    "SELECT kind, avg(score), count(*) FROM content_quality GROUP BY kind ORDER BY kind",
                    static row => new QualityItem(row.GetString(0), Math.Round(row.GetDouble(1), 3), row.GetInt64(2)),
                    cancellationToken
                )
        );
}
