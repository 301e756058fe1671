using System.ComponentModel.DataAnnotations;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>What a published article may look like.</summary>
public sealed class ContentOptions
{
    /// <summary>How many items a page shows.</summary>
    [Range(1, 500)]
    public int MaxItems { get; init; } = 20;

    /// <summary>The heading of the front page.</summary>
    [Required]
    [StringLength(60)]
    public required string Title { get; init; }

    /// <summary>How long a page stays cached.</summary>
    public TimeSpan CacheFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Who may publish.</summary>
    public PublishMode Mode { get; init; } = PublishMode.Reviewed;

    /// <summary>The languages, the first one being the default.</summary>
    public IReadOnlyList<string> Languages { get; init; } = ["en"];

    /// <summary>Where drafts come from.</summary>
    public ProviderOptions Provider { get; init; } = new();
}

/// <summary>A provider of drafts.</summary>
public sealed class ProviderOptions
{
    /// <summary>Its address.</summary>
    [DiffersByEnvironment]
    public Uri? Address { get; init; }

    /// <summary>What opens it.</summary>
    public Secret? Credential { get; init; }
}

/// <summary>Who may publish.</summary>
public enum PublishMode
{
    /// <summary>Whoever wrote it.</summary>
    Free,

    /// <summary>Somebody else.</summary>
    Reviewed,
}

/// <summary>An app with settings files of every kind, in which secrets stand that must not be seen.</summary>
internal static class ConfigApp
{
    internal const string Canary = "c4n4ry-V4lue";

    internal static readonly string[] Canaries =
    [
        Canary + "-key", Canary + "-typed", Canary + "-connection", Canary + "-url", Canary + "-base", Canary + "-list", Canary + "-line",
    ];

    /// <summary>What the verbs that show something of the configuration are asked.</summary>
    internal static readonly string[] Lines =
    [
        "config show", "config show --all", "config explain Mail", "config explain Content", "config explain Reports:Store", "config diff Development Production", "config diff 1.0.0 2.0.0", "config drift", "config parity", "config init", "config docs", "check", "plan --release 2.0.0", "status", "history",
    ];

    internal static TestApp Create(string environment = "Development")
    {
        var app = new TestApp { Configure = static deployment => deployment.AddValidatedOptions<ContentOptions>("Content") }.WithPages().WithSettings(environment);
        app.Write("appsettings.json", $$"""
            {
              // Everywhere.
              "Content": {
                "Title": "Pages",
                "MaxItems": 20,
                "Languages": [ "en", "de", "fr" ],
                "Provider": { "Address": "https://drafts.example/", "Credential": "{{Canary}}-base" }
              },
              "Mail": {
                "ApiKey": "{{Canary}}-key",
                "Address": "smtp://mail:{{Canary}}-url@smtp.example:25/",
                "Tokens": [ "{{Canary}}-list" ],
                "Sender": "pages@example.org"
              },
              "Reports": { "Store": "Server=db.example;User Id=pages;Password={{Canary}}-connection" }
            }
            """);
        app.Write("appsettings.Development.json", $$"""
            {
              "Content": {
                "MaxItems": 5,
                "Languages": [ "en" ],
                "Provider": { "Credential": "{{Canary}}-typed" }
              }
            }
            """);
        app.Write("appsettings.Staging.json", """{ "Content": { "MaxItems": 50 } }""" + "\n");
        app.Write("appsettings.Production.json", """{ "Content": { "Mode": "Free" }, "Mail": { "Sender": "live@example.org" } }""" + "\n");
        return app;
    }
}
