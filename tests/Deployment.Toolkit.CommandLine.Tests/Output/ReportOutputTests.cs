using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Output;

/// <summary>Whatever a report holds, now or later, leaves the process masked: each text field of each type in it is planted with a secret, found by reflection.</summary>
public sealed class ReportOutputTests
{
    private const string Canary = "cAn4ry-hunter2-XyZZy";
    private const string Hostile = "\e]52;c;QUJD\a\u202e";

    private static readonly SecretRedactor Redactor = new(new ConfigurationBuilder().AddInMemoryCollection([new("Mail:Password", Canary)]).Build());

    private static readonly PropertyInfo[] Members =
        [.. typeof(VerbReport).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(static p => p.CanWrite && p.Name != nameof(VerbReport.Sections))];

    // The one value that was asked for stays as it is.
    public static TheoryData<string> Names => [.. Members.Select(static member => member.Name), .. SectionTests.Kinds.Except([typeof(ValueSection)]).Select(static kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_secret_in_any_text_of_a_report_leaves_the_process_masked(string member)
    {
        var plant = $"a {Canary} b{Hostile}";
        foreach (var isWanted in (bool[])[true, false])
        {
            var (report, holds) = (new VerbReport(DeploymentOutcome.Succeeded, null, []), true);
            if (Members.SingleOrDefault(property => property.Name == member) is { } property)
            {
                var value = Planted(property.PropertyType, plant);
                property.SetValue(report, value);
                holds = Texts(value).Any();
            }
            else
            {
                report = report with { Sections = [Section(SectionTests.Kinds.Single(kind => kind.Name == member), plant, isWanted)] };
            }

            var (text, json) = Write(report with { CommandExitCode = null });

            Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Canary, json, StringComparison.Ordinal);
            Assert.DoesNotContain('\e', text);
            Assert.DoesNotContain('\u202e', text + json);
            using var document = JsonDocument.Parse(json);
            if (holds && member is not nameof(VerbReport.Headline)) Assert.Contains("***", text + json, StringComparison.Ordinal);
            if (report.Sections is [var section]) Assert.Contains("***", document.RootElement.GetProperty(section.Name).GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_one_value_that_was_asked_for_stays_as_it_is()
    {
        var (text, json) = Write(new VerbReport(DeploymentOutcome.Succeeded, "Development", []) { Sections = [new ValueSection(new Secret(Canary))] });

        Assert.Equal(Canary + Environment.NewLine, text);
        Assert.Equal(Canary, JsonDocument.Parse(json).RootElement.GetProperty("value").GetString());
    }

    [Fact]
    public void Arguments_that_are_not_understood_are_masked_too()
    {
        using var error = new StringWriter();
        using var terminal = new Terminal(new StringWriter(), error);

        new ReportOutput(terminal, Redactor).Refuse("up", VerbReport.Refused("DTK7601", $"'{Canary}' is no option."), isJson: true);

        Assert.DoesNotContain(Canary, error + terminal.Out.ToString()!, StringComparison.Ordinal);
        Assert.Contains("'***' is no option", error.ToString(), StringComparison.Ordinal);
    }

    private static (string Text, string Json) Write(VerbReport report)
    {
        var written = new List<string>();
        foreach (var isJson in (bool[])[false, true])
        {
            using var terminal = new Terminal(new StringWriter(), new StringWriter());
            new ReportOutput(terminal, Redactor).Write("verb", report, isJson);
            written.Add(terminal.Out.ToString()! + terminal.Error);
        }

        return (written[0], written[1]);
    }

    /// <summary>A section whose every text holds the plant, with each of its switches on or off.</summary>
    private static ReportSection Section(Type kind, string plant, bool isOn)
    {
        var constructor = kind.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single();
        var section = (ReportSection)constructor.Invoke([.. constructor.GetParameters().Select(parameter => Planted(parameter.ParameterType, plant))]);
        foreach (var property in kind.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(static p => p.CanWrite))
        {
            Assert.True(property.PropertyType == typeof(bool), $"{kind.Name}.{property.Name}: what a section holds comes by its constructor, where it is planted.");
            property.SetValue(section, isOn);
        }

        return section;
    }

    /// <summary>An object of which every text, at any depth, holds the plant.</summary>
    private static object? Planted(Type type, string plant)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return plant;
        if (type == typeof(HealthReport)) return Health(plant);
        if (ElementOf(type) is { } element)
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
            list.Add(Planted(element, plant));
            return list;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        {
            var parts = type.GetGenericArguments();
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(parts))!;
            dictionary.Add(Planted(parts[0], plant)!, Planted(parts[1], plant));
            return dictionary;
        }

        if (type.IsValueType) return Activator.CreateInstance(type);

        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(static p => p.CanWrite))
        {
            // A value shadows others of its own type.
            property.SetValue(made, property.Name == "Shadows" ? Shadows(plant) : Planted(property.PropertyType, plant));
        }

        return made;
    }

    private static List<ConfigurationValue> Shadows(string plant) =>
        [new ConfigurationValue { Key = plant, Value = plant, Source = plant, File = plant, Shadows = [] }];

    private static HealthReport Health(string plant) => new(
        new Dictionary<string, HealthReportEntry> { [plant] = new(HealthStatus.Unhealthy, plant, TimeSpan.Zero, new InvalidOperationException(plant), null, [plant]) }, TimeSpan.Zero);

    private static Type? ElementOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static IEnumerable<string> Texts(object? value) => value switch
    {
        null => [],
        string text => [text],
        HealthReport report => report.Entries.Keys,
        IEnumerable items => items.Cast<object?>().SelectMany(Texts),
        _ when value.GetType().IsValueType => [],
        _ => value.GetType().GetProperties().SelectMany(property => Texts(property.GetValue(value))),
    };
}
