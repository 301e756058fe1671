namespace Deployment.Toolkit.Tests.Configuration;

public sealed class FeatureFlagTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public enum Feature
    {
        NewEditor,
        FastSearch,
    }

    public static class Names
    {
        public const string NewEditor = "NewEditor";
        public const string FastSearch = "FastSearch";
    }

    public sealed class Switches
    {
        public bool NewEditor { get; set; }

        public bool FastSearch { get; set; }
    }

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData(typeof(Feature))]
    [InlineData(typeof(Names))]
    [InlineData(typeof(Switches))]
    public void Flags_that_are_missing_unknown_or_no_switch_are_faults(Type flags)
    {
        _app.Write("appsettings.json", "{ \"FeatureManagement\": {\n \"NewEditr\": true,\n \"FastSearch\": \"maybe\" } }");
        var faults = _app.Faults(deployment => deployment.AddFeatureFlags(flags));
        Assert.Equal(
            [("DTK1001", "FeatureManagement:NewEditr", 2), ("DTK1002", "FeatureManagement:FastSearch", 3), ("DTK1003", "FeatureManagement:NewEditor", null)],
            faults.Select(static fault => (fault.Code, fault.Key!, fault.Line)));
        Assert.Contains("Did you mean 'FeatureManagement:NewEditor'?", faults[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_that_fit_are_no_fault_with_filters_too()
    {
        _app.Write("appsettings.json", """{ "Flags": { "newEditor": false, "FastSearch": { "EnabledFor": [{ "Name": "Percentage", "Parameters": { "Value": 50 } }] } } }""");
        Assert.Empty(_app.Faults(static deployment => deployment.AddFeatureFlags<Feature>("Flags").AddFeatureFlags<Feature>("Flags")));
    }
}
