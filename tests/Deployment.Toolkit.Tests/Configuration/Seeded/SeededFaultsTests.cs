using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Configuration.Seeded;

/// <summary>A shop's settings with faults of every kind planted over four files, variables and the command line: all are reported, and nothing else.</summary>
public sealed class SeededFaultsTests : IDisposable
{
    private static readonly (string Name, string Value)[] Variables =
        [("Shop__Cache__Size", "big"), ("Shop__Retries", "3"), ("Shop__RETRIES", "4"), ("Shop__Mail__Prot", "25"), ("Shop__Hosts__5", "late.example.org")];

    private readonly SettingsApp _app = new();

    public SeededFaultsTests()
    {
        foreach (var (name, value) in Variables) Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, _) in Variables) Environment.SetEnvironmentVariable(name, null);
        _app.Dispose();
    }

    private string Report()
    {
        _app.Environment = "Live";
        _app.Arguments = ["--Shop:Cache:Mode", "fats", "--Shop:Theme", "dark"];
        _app.Write("appsettings.json", Base);
        _app.Write("appsettings.Base.json", Inherited);
        _app.Write("appsettings.Live.json", Live);
        _app.Write(".env", DotEnv);
        _app.Services = static services => services.AddSingleton<IValidateOptions<LimitOptions>, LeastBelowMost>();
        return string.Join('\n', _app.Faults(static d => d
            .AddEnvironments(static e => e.Add("Base").Add("Live", static l => l.InheritsFrom("Base").Protected()))
            .AddDotEnv(static e => e.Strict = true)
            .AddValidatedOptions<ShopOptions>("Shop", static o => o
                .WhenProtected(static p => p.Must(static s => s.Owner is { Length: > 3 }, "Owner must be a person in a protected environment", static s => s.Owner))
                .InEnvironment("Liev", static p => p.Require(static s => s.Owner))
                .From(ConfigurationPhase.Deploy, static p => p.Must(static _ => false, "is only asked at a deployment")))
            .AddValidatedOptions<LimitOptions>("Limits")
            .AddValidatedOptions<Endpoint>("Endpoint"))
            .Select(static fault => $"{fault.Code} {fault.Key ?? "-"} {(fault.File is null ? "-" : $"{fault.File}:{fault.Line}:{fault.Column}")} {fault.Text}"));
    }

    [Fact]
    public void Exactly_the_planted_faults_are_reported_each_at_its_place()
    {
        var report = Report();
        var places = report.Split('\n').Select(static line => string.Join(' ', line.Split(' ').Take(3))).ToList();
        Assert.Equal(Expected.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), places);
        Assert.True(places.Count >= 40);
        Assert.DoesNotContain("hunter2", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_runs_give_the_same_text() => Assert.Equal(Report(), Report());

    private const string Base = """
        {
          "Shop": {
            "Nmae": "Shop",
            "Owner": "me",
            "OpensAt": "25:99",
            "Timeout": "30",
            "Lifetime": "24:00:00",
            "Grace": "a while",
            "Retries": 3,
            "Ratio": "half",
            "Limit": 99999999999,
            "Home": { "Url": "x" },
            "Key": "not-a-guid",
            "IsOpen": "yes",
            "Level": "hihg",
            "Days": "Monday, Someday",
            "Logo": "%%%",
            "Hosts": ["a.example.org", "b.example.org"],
            "Ports": [80, "https", 443],
            "Weights": { "light": 1, "heavy": "ton" },
            "Waits": { "Low": "5s", "Lwo": "6s" },
            "Cache": { "Size": 10, "Mode": "Fast", "Ttl": null },
            "Mail": { "Host": "mail.example.org", "Port": 25, "Password": "secret://mail password" },
            "Banners": { "first": "x" },
            "Colors": "red"
          },
          "Endpoint": { "Port": 70000 },
          "Limits": { "Least": 0, "Most": 200 },
          "Logging": { "LogLevel": { "Default": "None" } },
          "Unrelated": { "Nmae": "is not ours" }
        }
        """;

    private const string Inherited = """
        {
          "Shop": {
            "Started": "31.12.2025",
            "Separator": "ab",
            "Cache": "none",
            "Mail": { "Pasword": "hunter2hunter2" }
          },
          "Limist": { "Least": 1 }
        }
        """;

    private const string Live = """
        {
          "Shop": {
            "Mail": { "Senders": [{ "Address": "a@example.org", "Nmae": "A" }, { "Name": "B" }], "Token": "secret://mail-token" },
            "Culture": { "x": 1 },
            "Version": "one",
            "Percent": 300
          },
          "Endpoint": { "Hots": "x" }
        }
        """;

    private const string DotEnv = """
        # planted
        Shop__Address=pass#word
        Shop__Phone=
        no assignment
        Shop__Zip="open
        Shop__Street=$(whoami)
        Shop__City=${TOWN_OF_NOBODY:?no town}
        """;

    private const string Expected = """
        DTK7031 - .env:2:19
        DTK7001 Shop:Phone .env:3:13
        DTK7030 - .env:4:1
        DTK7031 - .env:5:11
        DTK7031 - .env:6:14
        DTK7030 Shop:Street .env:6:14
        DTK7031 - .env:7:12
        DTK7030 Shop:City .env:7:12
        DTK1002 Shop:Started appsettings.Base.json:3:5
        DTK1002 Shop:Separator appsettings.Base.json:4:5
        DTK1002 Shop:Cache appsettings.Base.json:5:5
        DTK1001 Shop:Mail:Pasword appsettings.Base.json:6:15
        DTK1001 Limist appsettings.Base.json:8:3
        DTK1001 Shop:Mail:Senders:0:Nmae appsettings.Live.json:3:57
        DTK1003 Shop:Mail:Senders:1:Address appsettings.Live.json:3:72
        DTK7022 Shop:Mail:Token appsettings.Live.json:3:90
        DTK1002 Shop:Culture appsettings.Live.json:4:5
        DTK1002 Shop:Version appsettings.Live.json:5:5
        DTK1002 Shop:Percent appsettings.Live.json:6:5
        DTK1003 Endpoint:Host appsettings.Live.json:8:3
        DTK1001 Endpoint:Hots appsettings.Live.json:8:17
        DTK1001 Shop:Nmae appsettings.json:3:5
        DTK7001 Shop:Owner appsettings.json:4:5
        DTK1002 Shop:OpensAt appsettings.json:5:5
        DTK1009 Shop:Timeout appsettings.json:6:5
        DTK1009 Shop:Lifetime appsettings.json:7:5
        DTK1002 Shop:Grace appsettings.json:8:5
        DTK1002 Shop:Ratio appsettings.json:10:5
        DTK1002 Shop:Limit appsettings.json:11:5
        DTK1002 Shop:Home appsettings.json:12:5
        DTK1002 Shop:Key appsettings.json:13:5
        DTK1002 Shop:IsOpen appsettings.json:14:5
        DTK1002 Shop:Level appsettings.json:15:5
        DTK1002 Shop:Days appsettings.json:16:5
        DTK1002 Shop:Logo appsettings.json:17:5
        DTK1002 Shop:Ports:1 appsettings.json:19:19
        DTK1002 Shop:Weights:heavy appsettings.json:20:30
        DTK1002 Shop:Waits:Lwo appsettings.json:21:29
        DTK1002 Shop:Cache:Ttl appsettings.json:22:44
        DTK7023 Shop:Mail:Password appsettings.json:23:55
        DTK1002 Shop:Banners:first appsettings.json:24:18
        DTK1002 Shop:Colors appsettings.json:25:5
        DTK7001 Endpoint:Port appsettings.json:27:17
        DTK7001 Limits appsettings.json:28:3
        DTK7001 Limits:Least appsettings.json:28:15
        DTK7001 Limits:Most appsettings.json:28:27
        DTK2003 - -
        DTK1002 Shop:Cache:Mode -
        DTK1002 Shop:Cache:Size -
        DTK1002 Shop:Hosts:5 -
        DTK1001 Shop:Mail:Prot -
        DTK1003 Shop:Name -
        DTK1006 Shop:RETRIES -
        DTK1001 Shop:Theme -
        """;

    private sealed class LeastBelowMost : IValidateOptions<LimitOptions>
    {
        public ValidateOptionsResult Validate(string? name, LimitOptions options) =>
            options.Least < options.Most - 300 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail("the limits leave no room");
    }
}
