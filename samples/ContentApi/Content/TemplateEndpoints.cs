namespace ContentApi.Content;

internal static class TemplateEndpoints
{
    internal static void MapTemplates(this IEndpointRouteBuilder app) =>
        app.MapGet("/templates", static async (string? kind, ContentCache cache, CancellationToken cancellationToken) =>
            (await cache.GetTemplatesAsync(cancellationToken)).Where(template => kind is null || template.Kind == kind));
}
