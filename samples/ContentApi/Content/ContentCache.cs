namespace ContentApi.Content;

/// <summary>A template as the API shows it.</summary>
public sealed record TemplateItem(long Id, string Kind, string Subject, string Level, string Title);

/// <summary>Keeps templates in memory: they are read with every request and change with releases only.</summary>
public sealed class ContentCache(ContentDatabase database)
{
    private IReadOnlyList<TemplateItem>? _templates;

    public async Task<IReadOnlyList<TemplateItem>> GetTemplatesAsync(CancellationToken cancellationToken) =>
        _templates ??= await database.QueryAsync(
            "SELECT id, kind, subject, level, title FROM content_templates ORDER BY id",
            static row => new TemplateItem(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            cancellationToken
        );

    public void Clear() => _templates = null;
}
