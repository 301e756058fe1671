using ContentApi.Migrations;
using Microsoft.Extensions.Options;

namespace ContentApi.Content;

internal sealed record ContentItem(long Id, string Kind, string Subject, string Body, long Words);

internal sealed record GenerateRequest(long TemplateId, long UserId, string Topic);

internal static class ContentEndpoints
{
    internal static void MapContent(this IEndpointRouteBuilder app)
    {
        app.MapGet("/content", ListAsync);
        app.MapPost("/content/generate", GenerateAsync);
    }

    private static Task<List<ContentItem>> ListAsync(string? kind, int? page, ContentDatabase database, IOptionsSnapshot<ContentOptions> options, CancellationToken cancellationToken)
    {
        var size = options.Value.MaxItemsPerPage;
        return database.QueryAsync(
            """
            SELECT c.id, t.kind, t.subject, c.body, c.words
            FROM generated_content c JOIN content_templates t ON t.id = c.template_id
            WHERE @kind = '' OR t.kind = @kind ORDER BY c.id LIMIT @size OFFSET @skip
            """,
            static row => new ContentItem(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4)),
            cancellationToken,
            ("@kind", kind ?? ""), ("@size", size), ("@skip", (long)size * Math.Max(0, (page ?? 1) - 1)));
    }

    private static async Task<IResult> GenerateAsync(
        GenerateRequest request, ContentDatabase database, IContentProvider provider, IOptionsSnapshot<ContentOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Topic) || request.Topic.Length > 200)
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["topic"] = ["A topic has 1 to 200 characters."] });
        var prompts = await database.QueryAsync("SELECT prompt FROM content_templates WHERE id = @id", static row => row.GetString(0), cancellationToken, ("@id", request.TemplateId));
        var users = await database.QueryAsync("SELECT id FROM users WHERE id = @id", static row => row.GetInt64(0), cancellationToken, ("@id", request.UserId));
        if (prompts.Count == 0 || users.Count == 0)
            return Results.ValidationProblem(new Dictionary<string, string[]> { [prompts.Count == 0 ? "templateId" : "userId"] = ["It does not exist."] });

        var text = await provider.GenerateAsync(prompts[0], request.Topic, cancellationToken);
        var settings = options.Value;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var id = await database.InsertContentAsync(
            [
                ("INSERT INTO generated_content (template_id, user_id, body, created_at, words) VALUES (@template, @user, @body, @now, @words)",
                    [("@template", request.TemplateId), ("@user", request.UserId), ("@body", text.Body), ("@now", now), ("@words", CountWords.Words(text.Body))]),
                ("INSERT INTO quality_assessments (content_id, score, assessed_by, assessed_at) VALUES (@content, @score, @by, @now)",
                    [("@score", text.Quality), ("@by", settings.Provider.Name), ("@now", now)]),
                ("INSERT INTO ai_provider_usage (content_id, provider, input_tokens, output_tokens, cost, used_at) VALUES (@content, @by, @in, @out, @cost, @now)",
                    [("@by", settings.Provider.Name), ("@in", text.InputTokens), ("@out", text.OutputTokens), ("@now", now), ("@cost", (text.InputTokens + text.OutputTokens) / 1000.0 * settings.Provider.CostPerThousandTokens)]),
            ],
            cancellationToken);
        return Results.Created($"/content/{id}", new { id, text.Body, text.Quality, doubtful = text.Quality < settings.QualityThreshold });
    }
}
