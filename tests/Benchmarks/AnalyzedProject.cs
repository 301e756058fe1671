using System.Globalization;
using System.Text;

namespace Benchmarks;

/// <summary>A web project of a size that people have: the same text each time, with code of many kinds and little that configures.</summary>
internal static class AnalyzedProject
{
    internal const int SourceFiles = 2000;
    internal const int SettingsFiles = 30;
    private const int Sections = 60;

    /// <param name="files">How many; at least one for each section, and the start.</param>
    internal static IEnumerable<(string Path, string Text)> Sources(int files = SourceFiles)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(files, Sections + 1);
        for (var i = 0; i < files - 1; i++)
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"Area{i % 40}/File{i}.cs"), Source(i));
        }

        var registrations = string.Concat(Enumerable.Range(0, Sections).Select(static i =>
            string.Create(CultureInfo.InvariantCulture, $"builder.Services.AddOptions<Shop.Section{i}Options>().Bind(builder.Configuration.GetSection(\"Section{i}\"));\n")));
        yield return ("Program.cs", $"var builder = WebApplication.CreateBuilder(args);\n{registrations}var app = builder.Build();\napp.MapControllers();\napp.Run();\n");
    }

    internal static IEnumerable<(string Path, string Text)> Settings()
    {
        for (var i = 0; i < SettingsFiles; i++)
        {
            yield return (i == 0 ? "appsettings.json" : string.Create(CultureInfo.InvariantCulture, $"appsettings.Env{i}.json"), SettingsFile(i));
        }
    }

    internal static string SettingsFile(int number)
    {
        var sections = Enumerable.Range(0, Sections).Select(s => string.Create(
            CultureInfo.InvariantCulture,
            $$"""
              // What section {{s}} does.
              "Section{{s}}": {
                "Host": "host{{number}}-{{s}}.example.com",
                "Port": {{8000 + s}},
                "Timeout": "00:00:{{10 + (s % 40)}}",
                "Name": "The name of {{s}} in {{number}}",
                "Tags": [ "a{{s}}", "b{{number}}" ]
              }
            """));
        return "{\n" + string.Join(",\n", sections) + "\n}\n";
    }

    private static string Source(int i)
    {
        var text = new StringBuilder();
        text.AppendLine("using System;\nusing System.Collections.Generic;\nusing System.Linq;\nusing System.Threading;\nusing System.Threading.Tasks;\nusing Microsoft.AspNetCore.Mvc;\nusing Microsoft.Extensions.Logging;\nusing Microsoft.Extensions.Options;\n\nnamespace Shop;\n");
        if (i < Sections)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"public sealed class Section{i}Options\n{{\n    public string? Host {{ get; set; }}\n    public int Port {{ get; set; }}\n    public TimeSpan Timeout {{ get; set; }}\n    public string? Name {{ get; set; }}\n    public List<string> Tags {{ get; }} = [];\n}}\n");
        }

        var id = i.ToString(CultureInfo.InvariantCulture);
        var options = (i % Sections).ToString(CultureInfo.InvariantCulture);
        var template = (i % 4) switch
        {
            0 => """
                public sealed record Order@(int Id, string Customer, decimal Total, DateTimeOffset Placed);

                public sealed class OrderService@(ILogger<OrderService@> logger, IOptions<Section#Options> options)
                {
                    private readonly Dictionary<int, Order@> _orders = [];

                    public async Task<Order@?> FindAsync(int id, CancellationToken cancellationToken)
                    {
                        await Task.Delay(1, cancellationToken);
                        logger.LogInformation("Looking for {Id} at {Host}", id, options.Value.Host);
                        return _orders.TryGetValue(id, out var order) ? order : null;
                    }

                    public decimal Sum(IEnumerable<Order@> orders) => orders.Where(o => o.Total > 0 && o.Customer != "nobody").Sum(o => o.Total);

                    public void Add(Order@ order)
                    {
                        if (order.Total < 0) throw new ArgumentOutOfRangeException(nameof(order), "A total is never negative.");
                        _orders[order.Id] = order;
                        logger.LogInformation("Added {Order}", order.Id);
                    }
                }
                """,
            1 => """
                [ApiController]
                [Route("api/items@")]
                public sealed class Items@Controller : ControllerBase
                {
                    private static readonly string[] s_names = ["one", "two", "three"];

                    [HttpGet("{id}")]
                    public ActionResult<string> Get(int id)
                    {
                        if (id < 0 || id >= s_names.Length)
                        {
                            return NotFound($"There is no item {id}.");
                        }

                        var name = s_names[id];
                        return Ok(name.ToUpperInvariant().Replace("O", "0", StringComparison.Ordinal));
                    }

                    [HttpPost]
                    public IActionResult Post(string name)
                    {
                        var trimmed = name.Trim();
                        switch (trimmed.Length)
                        {
                            case 0: return BadRequest("A name is needed.");
                            case > 100: return BadRequest("The name is too long.");
                            default: return Created("api/items@/" + trimmed, trimmed);
                        }
                    }
                }
                """,
            2 => """
                public interface IStore@
                {
                    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);
                }

                public sealed class MemoryStore@ : IStore@
                {
                    private readonly List<string> _values = ["alpha", "beta", "gamma"];

                    public int Count { get; private set; }

                    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken)
                    {
                        var found = new List<string>();
                        foreach (var value in _values)
                        {
                            cancellationToken.ThrowIfCancellationRequested();
                            if (value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || prefix == "*")
                            {
                                found.Add(value);
                                Count += 1;
                            }
                        }

                        await Task.Yield();
                        return found;
                    }

                    public override string ToString() => string.Join(", ", _values.Select(v => v.ToUpperInvariant())) + $" ({Count} found)";
                }
                """,
            _ => """
                public sealed class Customer@
                {
                    public int Id { get; set; }
                    public string Name { get; set; } = "";
                    public string? Street { get; set; }
                    public string? City { get; set; }
                    public bool IsActive { get; set; }

                    public string Describe()
                    {
                        var parts = new List<string> { Name };
                        if (Street is not null) parts.Add(Street);
                        if (City is { Length: > 0 }) parts.Add(City);
                        if (IsActive == true) parts.Add("active");
                        return string.Join("; ", parts);
                    }

                    public static Customer@ Parse(string line)
                    {
                        var fields = line.Split(';');
                        return new Customer@ { Id = int.Parse(fields[0], System.Globalization.CultureInfo.InvariantCulture), Name = fields[1], City = fields.Length > 2 ? fields[2] : null };
                    }
                }
                """,
        };
        return text.Append(template.Replace("@", id, StringComparison.Ordinal).Replace("#", options, StringComparison.Ordinal)).Append('\n').ToString();
    }
}
