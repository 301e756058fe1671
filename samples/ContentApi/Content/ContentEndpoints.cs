using System.Data.Common;
using Microsoft.Extensions.Options;

namespace ContentApi.Content;

internal sealed record ContentItem(long Id, string Kind, string Subject, string Body, long Words);

internal static class ContentEndpoints
{
    private const string Select =
        "SELECT c.id, t.kind, t.subject, c.body, c.words FROM generated_content c JOIN content_templates t ON t.id = c.template_id ";

    internal static void MapContent(this IEndpointRouteBuilder app)
    {
        app.MapGet("/content", ListAsync);
        app.MapGet("/content/{id:long}", GetAsync);
        app.MapPost("/content/generate", GenerateContent.HandleAsync);
    }

    private static async Task<IResult> ListAsync(
        string? kind,
        string? subject,
        int? page,
        int? pageSize,
        ContentDatabase database,
        IOptionsSnapshot<ContentOptions> options,
        CancellationToken cancellationToken
    )
    {
        var maximum = options.Value.MaxItemsPerPage;
        var (number, size) = (page ?? 1, pageSize ?? maximum);
        return new Requests().Kind(kind).Page(number, size, maximum).Refusal
            ?? Results.Ok(
                await database.QueryAsync(
                    Select
                        + "WHERE (@kind = '' OR t.kind = @kind) AND (@subject = '' OR t.subject = @subject) ORDER BY c.id LIMIT @size "
                        + "OFFSET @skip",
                    Read,
                    cancellationToken,
                    ("@kind", kind ?? ""),
                    ("@subject", subject ?? ""),
                    ("@size", size),
                    ("@skip", (long)size * (number - 1))
                )
            );
    }

    private static async Task<IResult> GetAsync(long id, ContentDatabase database, CancellationToken cancellationToken) =>
        await database.QueryAsync(Select + "WHERE c.id = @id", Read, cancellationToken, ("@id", id)) is [var item]
            ? Results.Ok(item)
            : Results.NotFound();

    private static ContentItem Read(DbDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4));
}
