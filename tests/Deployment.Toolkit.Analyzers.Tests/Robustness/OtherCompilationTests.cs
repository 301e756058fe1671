using Deployment.Toolkit.Analyzers.Tests.Coverage;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers.Tests.Robustness;

/// <summary>
/// An editor references a project as a compilation, whose symbols have sources that this one's models know nothing of; a build references
/// its image. Both say the same, and nothing throws.
/// </summary>
public sealed class OtherCompilationTests
{
    private const string Library = AnyCode.Usings +
        """
        public static class Known
        {
            public static readonly string Name = "Shop";
            public static string Title => "Title";
            public static IConfiguration Root = new ConfigurationBuilder().Build();
            public static IConfiguration Section => Root.GetSection("Shop");
            public static bool IsOpen => Environment.GetEnvironmentVariable("X") == "Development";
            public static bool Asks() => IsOpen;
            public static bool All(string origin) => true;
            public static readonly Func<string, bool> AnyOrigin = static _ => true;
            public static IConfiguration Below(IConfiguration c) => c.GetSection(Name);
            public static IServiceCollection AddShop(this IServiceCollection s, IConfiguration c) => s.Configure<ShopOptions>(c.GetSection(Name));
            public static IServiceCollection AddAny<T>(this IServiceCollection s, IConfiguration c) where T : class, INamed => s.Configure<T>(c.GetSection(T.SectionName));
        }

        public interface INamed { static abstract string SectionName { get; } }

        public class ShopOptions : INamed { public static string SectionName => Known.Name; public required string Title { get; set; } = Known.Title; }

        public abstract class Base { protected IConfiguration Configuration = Known.Root.GetSection("A"); protected IConfiguration Later; protected Base() { Later = Known.Section; } }
        """;

    private const string App = AnyCode.Usings +
        """
        class T : Base
        {
            string? A => Configuration["N"];
            string? B => Later["N"];
            string? C => Known.Section[Known.Title];
            string? D => Known.Below(Known.Root)[Known.Name + ":" + Known.Title];
            string? E => Known.Root.GetSection(Known.Name).GetSection($"{Known.Title}")[ShopOptions.SectionName];
            void M(IServiceCollection s, IConfiguration c) { s.AddShop(c); s.AddAny<ShopOptions>(c); s.Configure<ShopOptions>(c.GetSection(ShopOptions.SectionName)); }
            void N(IApplicationBuilder app, Microsoft.AspNetCore.Cors.Infrastructure.CorsPolicyBuilder b)
            {
                if (Known.IsOpen || Known.Asks()) { app.UseDeveloperExceptionPage(); }
                b.SetIsOriginAllowed(Known.All).SetIsOriginAllowed(Known.AnyOrigin).AllowCredentials();
            }
            bool O(IHostEnvironment e) => e.EnvironmentName == Known.Name;
        }
        """;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_referenced_projects_symbols_are_asked_for_nothing_that_only_its_own_models_know(bool hasManifest)
    {
        var library = AnyCode.Compile([Library]).WithAssemblyName("Library");
        Assert.Empty(library.GetDiagnostics(CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        var made = hasManifest ? AnyCode.Generate(library, CancellationToken) : library;
        var asImage = await Found(Shop.Image(made));
        var asProject = await Found(made.ToMetadataReference());
        Assert.NotEmpty(asImage);
        Assert.Equal(asImage, asProject);
    }

    [Fact]
    public async Task The_defective_shop_is_told_the_same_of_its_library_as_a_project() =>
        Assert.Equal(
            (await Shop.Defective.AnalyzeAsync(CancellationToken)).Select(Shop.Describe).Order(StringComparer.Ordinal),
            (await Shop.Defective.AnalyzeAsProjectsAsync(CancellationToken)).Select(Shop.Describe).Order(StringComparer.Ordinal));

    private static async Task<List<string>> Found(MetadataReference library)
    {
        var app = AnyCode.Compile([App], library);
        Assert.Empty(app.GetDiagnostics(CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        return [.. (await AnyCode.RunAsync(app, CancellationToken)).Select(Shop.Describe).Order(StringComparer.Ordinal)];
    }
}
