using System.Globalization;
using ContentApi.Migrations;
using Microsoft.Extensions.Options;

namespace ContentApi.Content;

internal sealed record GenerateRequest(long TemplateId, long UserId, string? Topic);

/// <summary>Lets the provider write, and keeps what it wrote with its score and what it cost: all three or nothing.</summary>
internal static class GenerateContent
{
    private const int LongestTopic = 200;

    internal static async Task<IResult> HandleAsync(
        GenerateRequest request,
        ContentDatabase database,
        IContentProvider provider,
        IOptionsSnapshot<ContentOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var topic = request.Topic?.Trim() ?? "";
        var prompts = await database.QueryAsync(
            "SELECT prompt FROM content_templates WHERE id = @id",
            static row => row.GetString(0),
            cancellationToken,
            ("@id", request.TemplateId)
        );
        var users = await database.QueryAsync(
            "SELECT id FROM users WHERE id = @id",
            static row => row.GetInt64(0),
            cancellationToken,
            ("@id", request.UserId)
        );
        var refusal = new Requests()
            .Require(topic.Length is > 0 and <= LongestTopic, "topic", $"A topic has 1 to {LongestTopic} characters.")
            .Require(prompts.Count == 1, "templateId", $"There is no template {request.TemplateId}.")
            .Require(users.Count == 1, "userId", $"There is no user {request.UserId}.")
            .Refusal;
        if (refusal is not null)
            return refusal;

        var text = await provider.GenerateAsync(prompts[0], topic, cancellationToken);
        var settings = options.Value;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var id = await database.InsertContentAsync(
            [
                (
                    "INSERT INTO generated_content (template_id, user_id, body, created_at, words) VALUES (@template, @user, @body, "
                        + "@now, @words) RETURNING id",
                    [
                        ("@template", request.TemplateId),
                        ("@user", request.UserId),
                        ("@body", text.Body),
                        ("@now", now),
                        ("@words", CountWords.Words(text.Body)),
                    ]
                ),
                (
                    "INSERT INTO quality_assessments (content_id, score, assessed_by, assessed_at) VALUES (@content, @score, @by, @now)",
                    [("@score", text.Quality), ("@by", settings.Provider.Name), ("@now", now)]
                ),
                (
                    "INSERT INTO ai_provider_usage (content_id, provider, input_tokens, output_tokens, cost, used_at) VALUES (@content, "
                        + "@by, @in, @out, @cost, @now)",
                    [
                        ("@by", settings.Provider.Name),
                        ("@in", text.InputTokens),
                        ("@out", text.OutputTokens),
                        ("@now", now),
                        ("@cost", (text.InputTokens + text.OutputTokens) / 1000.0 * settings.Provider.CostPerThousandTokens),
                    ]
                ),
            ],
            cancellationToken
        );
        return Results.Created(
            $"/content/{id}",
            new
            {
                id,
                text.Body,
                text.Quality,
                doubtful = text.Quality < settings.QualityThreshold,
            }
        );
    }
}
