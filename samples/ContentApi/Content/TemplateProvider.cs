using Microsoft.Extensions.Options;

namespace ContentApi.Content;

/// <summary>What a provider made of a prompt.</summary>
public sealed record GeneratedText(string Body, double Quality, int InputTokens, int OutputTokens);

/// <summary>Writes content; a real one would call a model.</summary>
public interface IContentProvider
{
    Task<GeneratedText> GenerateAsync(string prompt, string topic, CancellationToken cancellationToken);
}

/// <summary>The built-in provider: deterministic, in process, with the quality that its settings say.</summary>
public sealed class TemplateProvider(IOptionsMonitor<ContentOptions> options) : IContentProvider
{
    public Task<GeneratedText> GenerateAsync(string prompt, string topic, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = $"{topic}: {prompt}";
        return Task.FromResult(new GeneratedText(body, options.CurrentValue.Provider.Quality, prompt.Length / 4, body.Length / 4));
    }
}
