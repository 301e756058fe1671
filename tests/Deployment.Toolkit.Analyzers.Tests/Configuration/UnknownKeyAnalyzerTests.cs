using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class UnknownKeyAnalyzerTests
{
    private const string Options =
        """
        using System.Collections.Generic;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        public sealed class ContentOptions
        {
            public const string Section = "Content";
            public int MaxItems { get; set; }
            public string Title { get; set; } = "";
            public ProviderOptions Provider { get; set; } = new();
            public List<ProviderOptions> Others { get; set; } = new();
            public Dictionary<string, ProviderOptions> Named { get; set; } = new();
            public Dictionary<string, string> Labels { get; set; } = new();
            [ConfigurationKeyName("cost-limit")] public decimal Limit { get; set; }
        }
        public sealed class ProviderOptions { public string Name { get; set; } = ""; public double Quality { get; set; } }

        """;

    [Theory]
    [InlineData("services.Configure<ContentOptions>(configuration.GetSection(\"Content\"));", "Configure<ContentOptions>")]
    [InlineData("services.Configure<ContentOptions>(configuration.GetRequiredSection(ContentOptions.Section));", "Configure<ContentOptions>")]
    [InlineData("services.AddOptions<ContentOptions>().Bind(configuration.GetSection(\"Content\"));", "Bind")]
    [InlineData("services.AddOptions<ContentOptions>().BindConfiguration(\"Content\");", "BindConfiguration")]
    [InlineData("var section = configuration.GetSection(\"Content\"); var o = section.Get<ContentOptions>();", "Get<ContentOptions>")]
    [InlineData("var o = new ContentOptions(); configuration.GetSection(nameof(ContentOptions.Section)[..0] + ContentOptions.Section).Bind(o); configuration.GetSection(\"Content\").Bind(o);", "Bind")]
    [InlineData("var o = new ContentOptions(); configuration.Bind(\"Content\", o);", "Bind")]
    public async Task A_key_that_the_bound_type_lacks_is_reported(string bind, string called)
    {
        Assert.Contains(called, bind, StringComparison.Ordinal);
        await Verify(
            Options + Method(bind),
            """
            {
              "Content": {
                {|DTK1001:"MaxItms"|}: 3,
                "title": "x",
                "Provider": { "Name": "a", {|DTK1001:"Qualty"|}: 0.5 },
                "Others": [ { "Name": "b" }, { {|DTK1001:"Nmae"|}: "c" } ],
                "Named": { "any": { {|DTK1001:"Price"|}: 1 } },
                "Labels": { "whatever": "x" },
                "cost-limit": 3,
                "$schema": "x",
                "_comment": "y"
              },
              "Elsewhere": { "MaxItms": 3 }
            }
            """);
    }

    [Theory]
    [InlineData("Hangfire")]
    [InlineData("Urls")]
    public Task A_section_that_no_framework_reads_is_held_to_its_type(string section) => Verify(
        Options + Method($"services.Configure<ProviderOptions>(configuration.GetSection(\"{section}\"));"),
        $$"""{ "{{section}}": { "Name": "a", {|DTK1001:"Qualty"|}: 0.5 } }""");

    private static string Method(string body) =>
        $$"""
        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration configuration)
            {
                {{body}}
            }
        }
        """;

    private static Task Verify(string code, string json)
    {
        var test = new SettingsTest<UnknownKeyAnalyzer> { TestCode = code };
        test.TestState.AdditionalFiles.Add(("/0/appsettings.json", json));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
