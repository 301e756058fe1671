namespace ContentApi.Content;

internal static class TemplateEndpoints
{
    internal static void MapTemplates(this IEndpointRouteBuilder app)
    {
        app.MapGet(
            "/templates",
            static async (string? kind, string? subject, ContentCache cache, CancellationToken cancellationToken) =>
                new Requests().Kind(kind).Refusal
                ?? Results.Ok(
                    (await cache.GetTemplatesAsync(cancellationToken)).Where(template =>
                        (kind is null || template.Kind == kind) && (subject is null || template.Subject == subject)
                    )
                )
        );
        app.MapGet(
            "/templates/{id:long}",
            static async (long id, ContentCache cache, CancellationToken cancellationToken) =>
                (await cache.GetTemplatesAsync(cancellationToken)).FirstOrDefault(template => template.Id == id) is { } template
                    ? Results.Ok(template)
                    : Results.NotFound()
        );
    }
}
