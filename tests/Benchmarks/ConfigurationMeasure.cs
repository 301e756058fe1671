using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Deployment.Toolkit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Benchmarks;

/// <summary>
/// Reads, binds and checks a file of ten thousand keys, and remembers where each stands, against <c>ConfigurationBuilder</c> and <c>Bind</c>, which
/// only read and bind, without a host around them.
/// </summary>
internal static class ConfigurationMeasure
{
    private const int Products = 1000;
    private const int Reads = 1_000_000;
    private const double MostRatio = 2;

    internal static int Run(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-bench-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "appsettings.json"), Settings());
            var (strict, plain) = (new List<double>(), new List<double>());
            for (var i = -20; i < rounds; i++)
            {
                var ours = Time(() => Strict(folder.FullName));
                var theirs = Time(() => Plain(folder.FullName));
                // The first rounds are compiled while they run.
                if (i < 0) continue;
                strict.Add(ours);
                plain.Add(theirs);
            }

            var ratio = Median(strict) / Median(plain);
            var allocated = AllocatedByReads(folder.FullName);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Products * 10} keys read, bound, checked  {Median(strict),8:F2} ms (median of {rounds}), with the place of each"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ConfigurationBuilder and Bind      {Median(plain),8:F2} ms: ratio {ratio:F2} (at most {MostRatio})"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Reads} reads of options       {allocated,8} bytes allocated (at most 0)"));
            return ratio <= MostRatio && allocated == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Catalog Strict(string folder)
    {
        var builder = Empty(folder);
        builder.Configuration.AddJsonFile("appsettings.json", optional: false, reloadOnChange: false);
        builder.AddDeployment().AddValidatedOptions<Catalog>("Catalog");
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<Catalog>>().Value;
    }

    private static Catalog Plain(string folder)
    {
        var catalog = new Catalog();
        var configuration = new ConfigurationBuilder().SetBasePath(folder).AddJsonFile("appsettings.json", optional: false, reloadOnChange: false).Build();
        configuration.GetSection("Catalog").Bind(catalog);
        return catalog;
    }

    private static HostApplicationBuilder Empty(string folder) =>
        Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = folder, EnvironmentName = "Production" });

    private static long AllocatedByReads(string folder)
    {
        var builder = Empty(folder);
        builder.Configuration.AddJsonFile("appsettings.json", optional: false, reloadOnChange: false);
        builder.AddDeployment().AddValidatedOptions<Catalog>("Catalog");
        using var services = builder.Services.BuildServiceProvider();
        var (options, monitor) = (services.GetRequiredService<IOptions<Catalog>>(), services.GetRequiredService<IOptionsMonitor<Catalog>>());
        var sum = options.Value.Products.Count + monitor.CurrentValue.Products.Count;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Reads; i++) sum += options.Value.Products.Count + monitor.CurrentValue.Products.Count;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(sum);
        return allocated;
    }

    private static string Settings()
    {
        var json = new StringBuilder("{\n  \"Catalog\": {\n    \"Products\": {\n");
        for (var i = 0; i < Products; i++)
        {
            json.Append(CultureInfo.InvariantCulture, $$"""
                      "product{{i:D4}}": {
                        "Title": "Study guide {{i}}",
                        "Price": {{i}}.95,
                        "Stock": {{i % 97}},
                        "IsVisible": {{(i % 3 == 0 ? "true" : "false")}},
                        "Kind": "{{(Kind)(i % 3)}}",
                        "Page": "https://content.example/products/{{i}}",
                        "KeptFor": "00:{{i % 60:D2}}:00",
                        "Weight": {{i % 10}}.5,
                        "Supplier": "supplier {{i % 13}}",
                        "MaxPerOrder": {{(i % 9) + 1}}
                      }{{(i == Products - 1 ? "" : ",")}}

                """);
        }

        return json.Append("    }\n  }\n}\n").ToString();
    }

    private static double Time(Action action)
    {
        var began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private enum Kind
    {
        Flashcards,
        Quiz,
        StudyGuide,
    }

    private sealed class Catalog
    {
        [MinLength(1)]
        public Dictionary<string, Product> Products { get; set; } = [];
    }

    private sealed class Product
    {
        [Required]
        [StringLength(80)]
        public string Title { get; set; } = "";

        [Range(0, 100_000)]
        public double Price { get; set; }

        [Range(0, 1000)]
        public int Stock { get; set; }

        public bool IsVisible { get; set; }

        public Kind Kind { get; set; }

        public Uri? Page { get; set; }

        public TimeSpan KeptFor { get; set; }

        public double Weight { get; set; }

        [Required]
        public string Supplier { get; set; } = "";

        [Range(1, 100)]
        public int? MaxPerOrder { get; set; }
    }
}
