using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class ProviderOrderAnalyzerTests
{
    [Theory]
    [InlineData("builder.Configuration.{|DTK2006:AddJsonFile|}(\"appsettings.json\", optional: false);")]
    [InlineData("builder.Configuration.SetBasePath(\"/\").{|DTK2006:AddJsonFile|}($\"appsettings.{builder.Environment.EnvironmentName}.json\", true);")]
    [InlineData("builder.Configuration.{|DTK2006:AddJsonFile|}(\"appsettings.json\");\nbuilder.Configuration.AddJsonFile(\"appsettings.Shared.json\");")]
    [InlineData("var configuration = builder.Configuration;\nconfiguration.{|DTK2006:AddJsonFile|}(System.IO.Path.Combine(args[0], \"appsettings.json\"));")]
    [InlineData("_ = new ConfigurationBuilder().AddEnvironmentVariables().{|DTK2006:AddJsonFile|}(\"settings.json\").Build();")]
    [InlineData("var c = new ConfigurationBuilder();\nc.AddEnvironmentVariables();\nc.{|DTK2006:AddJsonFile|}(args[0]);")]
    [InlineData("Host.CreateDefaultBuilder(args).ConfigureAppConfiguration((context, config) => config.{|DTK2006:AddJsonFile|}(\"appsettings.json\"));")]
    [InlineData("builder.Host.ConfigureAppConfiguration(config => { config.{|DTK2006:AddXmlFile|}(\"appsettings.xml\"); });")]
    [InlineData("Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(web => web.ConfigureAppConfiguration((c, config) => config.{|DTK2006:AddJsonFile|}(\"appsettings.json\")));")]
    public Task A_file_after_environment_variables_is_reported(string statements) => RuleTest.ReportsInProgram<ProviderOrderAnalyzer>(statements);

    [Theory]
    [InlineData("builder.Configuration.AddJsonFile(\"appsettings.json\").AddEnvironmentVariables();")]
    [InlineData("builder.Configuration.AddJsonFile(\"appsettings.json\");\nbuilder.Configuration.AddUserSecrets<Db>();\nbuilder.Configuration.AddEnvironmentVariables(\"APP_\");")]
    [InlineData("_ = new ConfigurationBuilder().AddJsonFile(\"appsettings.json\").AddEnvironmentVariables().Build();")]
    [InlineData("_ = new ConfigurationBuilder().AddJsonFile(\"appsettings.json\").Build();")]
    [InlineData("var configuration = builder.Configuration;\nconfiguration.AddJsonFile(\"appsettings.json\");\nbuilder.Configuration.AddEnvironmentVariables();")]
    [InlineData("builder.Configuration.AddJsonFile(\"appsettings.Local.json\", optional: true);")]
    [InlineData("builder.Configuration.AddJsonFile(\"/mnt/appsettings.json\", optional: true);")]
    [InlineData("builder.Configuration.AddJsonFile(\"secrets/appsettings.secrets.json\", optional: true);")]
    [InlineData("builder.Configuration.AddJsonFile($\"appsettings.{Environment.MachineName}.json\", optional: true);")]
    [InlineData("builder.Configuration.AddJsonFile(args[0]);")]
    [InlineData("if (builder.Environment.IsDevelopment()) builder.Configuration.AddJsonFile(\"appsettings.json\");")]
    [InlineData("builder.Configuration.Sources.Clear();\nbuilder.Configuration.AddJsonFile(\"appsettings.json\");")]
    [InlineData("new HostBuilder().ConfigureAppConfiguration(config => config.AddJsonFile(\"appsettings.json\"));")]
    [InlineData("Host.CreateDefaultBuilder(args).ConfigureHostConfiguration(config => config.AddEnvironmentVariables(\"DOTNET_\").AddJsonFile(\"hostsettings.json\"));")]
    [InlineData("Files(builder.Configuration);\nstatic void Files(IConfigurationBuilder config) => config.AddJsonFile(\"appsettings.json\");")]
    public Task What_environment_variables_still_override_or_is_meant_to_win_is_silent(string statements) =>
        RuleTest.ReportsInProgram<ProviderOrderAnalyzer>(statements);

    [Fact]
    public Task A_file_of_its_own_subject_is_information() => RuleTest.Expects<ProviderOrderAnalyzer>(
        RuleTest.Program("builder.Configuration.{|#0:AddJsonFile|}(\"ocelot.json\");"),
        new DiagnosticResult(Rules.ProviderOrder).WithLocation(0).WithSeverity(DiagnosticSeverity.Info).WithArguments("'ocelot.json'"));
}
