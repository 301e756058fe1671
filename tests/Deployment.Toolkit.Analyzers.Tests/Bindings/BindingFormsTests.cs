using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>The ways in which real code binds and reads; each makes "Shop" known with its member Title alone.</summary>
public sealed class BindingFormsTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Options;
        public class ShopOptions { public const string SectionName = "Shop"; public static readonly string Key = "Shop"; public static string Path => "Shop"; public string? Title { get; set; } }

        """;

    [Theory]
    // Minimal hosting, Startup, generic host.
    [InlineData("class P { static void M() { var builder = WebApplication.CreateBuilder(); builder.Services.Configure<ShopOptions>(builder.Configuration.GetSection(ShopOptions.SectionName)); } }")]
    [InlineData("class P { static void M(WebApplicationBuilder builder) { var shop = builder.Configuration.GetSection(\"Shop\").Get<ShopOptions>()!; } }")]
    [InlineData("class Startup { public Startup(IConfiguration configuration) { Configuration = configuration; } public IConfiguration Configuration { get; } public void ConfigureServices(IServiceCollection services) { services.Configure<ShopOptions>(Configuration.GetSection(\"Shop\")); } }")]
    [InlineData("class Startup { private readonly IConfiguration _configuration; public Startup(IConfiguration configuration) { _configuration = configuration; } public void ConfigureServices(IServiceCollection services) { services.AddOptions<ShopOptions>().Bind(_configuration.GetSection(nameof(ShopOptions)[..4])).Bind(_configuration.GetSection(\"Shop\")); } }")]
    [InlineData("class Startup(IConfiguration configuration) { public void ConfigureServices(IServiceCollection services) { services.Configure<ShopOptions>(configuration.GetSection(\"Shop\")); } }")]
    [InlineData("class P { static void M() { Host.CreateDefaultBuilder().ConfigureServices((context, services) => { services.Configure<ShopOptions>(context.Configuration.GetSection(\"Shop\")); }); } }")]
    [InlineData("class P { static void M() { Host.CreateDefaultBuilder().ConfigureServices((hostContext, services) => { IConfiguration configuration = hostContext.Configuration; var o = configuration.GetSection(\"Shop\").Get<ShopOptions>(); }); } }")]
    [InlineData("class P { static void M(IServiceProvider sp) { var config = sp.GetRequiredService<IConfiguration>(); var o = config.GetSection(\"Shop\").Get(typeof(ShopOptions)); } }")]
    // Names: constants, nameof, statics, locals, interpolation.
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(ShopOptions.Key)); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(ShopOptions.Path)); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { const string name = \"Sh\"; s.Configure<ShopOptions>(c.GetSection($\"{name}op\")); } }")]
    [InlineData("class Shop : ShopOptions { } class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(nameof(Shop))); } }")]
    [InlineData("class Shop : ShopOptions { } class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(typeof(Shop).Name)); } }")]
    // Locals and chains.
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { var section = c.GetSection(\"Shop\"); s.Configure<ShopOptions>(section); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(\"name\", c.GetSection(\"Shop\")); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\"), o => o.BindNonPublicProperties = true); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(o => c.GetSection(\"Shop\").Bind(o)); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(o => c.Bind(\"Shop\", o)); } }")]
    [InlineData("class P { static void M(IServiceCollection s) { s.AddOptions<ShopOptions>().Configure<IConfiguration>((settings, configuration) => configuration.GetSection(\"Shop\").Bind(settings)); } }")]
    [InlineData("class P { static void M(IServiceCollection s) { s.AddOptions<ShopOptions>().BindConfiguration(ShopOptions.SectionName).ValidateDataAnnotations().ValidateOnStart(); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.AddSingleton(c.GetSection(\"Shop\").Get<ShopOptions>()!); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { var o = c?.GetSection(\"Shop\")?.Get<ShopOptions>() ?? new ShopOptions(); } }")]
    [InlineData("class P { static void M(IConfiguration c) { var o = new ShopOptions(); ConfigurationBinder.Bind(c.GetSection(\"Shop\"), o); } }")]
    // Passed on: sections, names and types as parameters.
    [InlineData("static class E { public static void AddShop(this IServiceCollection s, IConfiguration configuration) => s.Configure<ShopOptions>(configuration.GetSection(\"Shop\")); }")]
    [InlineData("static class E { public static void AddShop(this IServiceCollection s, IConfiguration section) => s.Configure<ShopOptions>(section); static void M(IServiceCollection s, IConfiguration c) => s.AddShop(c.GetSection(\"Shop\")); }")]
    [InlineData("static class E { public static void AddShop(this IServiceCollection s, IConfigurationSection section) => s.Configure<ShopOptions>(section); static void M(WebApplicationBuilder b) { var shop = b.Configuration.GetSection(\"Shop\"); b.Services.AddShop(shop); } }")]
    [InlineData("static class E { public static T Load<T>(this IConfiguration configuration, string name) where T : new() { var t = new T(); configuration.GetSection(name).Bind(t); return t; } static void M(IConfiguration c) => c.Load<ShopOptions>(\"Shop\"); }")]
    [InlineData("static class E { public static void AddValidated<T>(this IServiceCollection services, string section) where T : class => services.AddOptions<T>().BindConfiguration(section).ValidateOnStart(); static void M(IServiceCollection s) => s.AddValidated<ShopOptions>(\"Shop\"); }")]
    [InlineData("static class E { public static void AddOptionsOf<T>(this IServiceCollection services, string section = \"Shop\") where T : class => services.AddOptions<T>().BindConfiguration(section); static void M(IServiceCollection s) => s.AddOptionsOf<ShopOptions>(); }")]
    [InlineData("class Shop : ShopOptions { } static class E { public static void ConfigureOf<T>(this IServiceCollection s, IConfiguration c) where T : class => s.Configure<T>(c.GetSection(typeof(T).Name)); static void M(IServiceCollection s, IConfiguration c) => s.ConfigureOf<Shop>(c); }")]
    [InlineData("interface ISection { static abstract string Name { get; } } class Bound : ShopOptions, ISection { public static string Name => \"Shop\"; } static class E { public static void AddOptionsOf<T>(this IServiceCollection s) where T : class, ISection => s.AddOptions<T>().BindConfiguration(T.Name).ValidateOnStart(); static void M(IServiceCollection s) => s.AddOptionsOf<Bound>(); }")]
    [InlineData("interface ISection { static abstract string Name { get; } } class Bound : ShopOptions, ISection { static string ISection.Name => SectionName; } static class E { public static T Load<T>(this IConfiguration configuration) where T : ISection => configuration.GetSection(T.Name).Get<T>()!; public static T Outer<T>(this IConfiguration configuration) where T : ISection => configuration.Load<T>(); static void M(IConfiguration configuration) => configuration.Outer<Bound>(); }")]
    [InlineData("static class E { static void Outer(IServiceCollection s, IConfiguration config) => Inner(s, config.GetSection(\"Shop\")); static void Inner(IServiceCollection s, IConfiguration config) => Innermost(s, config); static void Innermost(IServiceCollection s, IConfiguration config) => s.Configure<ShopOptions>(config); }")]
    [InlineData("class Module { readonly IConfigurationSection _section; public Module(IConfiguration configuration) { _section = configuration.GetSection(\"Shop\"); } ShopOptions? Load() => _section.Get<ShopOptions>(); }")]
    [InlineData("namespace Company.Product.Configuration.Extensions.Registration { static class ServiceCollectionConfigurationExtensions { public static IServiceCollection AddBoundOptions<T>(this IServiceCollection services, IConfiguration configuration, string section) where T : class { services.AddOptions<T>().Bind(configuration.GetSection(section)); return services; } static void M(IServiceCollection s, IConfiguration c) => s.AddBoundOptions<ShopOptions>(c, \"Shop\"); } }")]
    [InlineData("class Root { public ShopOptions Shop { get; set; } = new(); } class P { static void M(IConfiguration c) { var root = c.Get<Root>(); } }")]
    [InlineData("class Root { public ShopOptions Shop { get; set; } = new(); } class P { static void M(IServiceCollection s, IConfiguration configuration) { s.Configure<Root>(configuration); } }")]
    [InlineData("record Root(ShopOptions Shop); class P { static void M(IConfiguration c) { var root = c.Get<Root>(); } }")]
    [InlineData("class P { static void M() { var config = new ConfigurationBuilder().AddJsonFile(\"appsettings.json\").Build(); var o = config.GetRequiredSection(\"Shop\").Get<ShopOptions>(); } }")]
    public Task The_form_is_followed(string code) => Verify(
        code, """{ "Shop": { "Title": "x", {|DTK1001:"Unknown1"|}: 1 }, "Other": { "Unknown1": 1 }, "Unknown1": 2 }""");

    [Theory]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); var x = c[\"Shop:Unknown1\"]; } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); var x = c.GetSection(\"Shop\")[\"Unknown1\"]; } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { var shop = c.GetSection(\"Shop\"); s.Configure<ShopOptions>(shop); var x = shop[\"Unknown1\"]; } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { var shop = c.GetSection(\"Shop\"); s.Configure<ShopOptions>(shop); var x = shop.GetSection(\"Unknown1\").Value; } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); var x = c.GetValue<int>(\"Shop:Unknown1\"); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(o => { c.GetSection(\"Shop\").Bind(o); o.Title = c[\"Shop:Unknown1\"]; }); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c, string key) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); var x = c[$\"Shop:{key}\"]; } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); foreach (var x in c.GetSection(\"Shop\").GetChildren()) { } } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); s.Configure<Other>(c.GetSection(\"Shop\")); } class Other { public int Unknown1 { get; set; } } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); s.Configure<Other>(c.GetSection(\"Shop:Unknown1\")); } class Other { } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<Dictionary<string, string>>(c.GetSection(\"Shop\")); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { var x = c.GetSection(\"Shop\").Get<object>(); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<Open>(c.GetSection(\"Shop\")); } class Open : Dictionary<string, object> { public string? Title { get; set; } } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<Renamed>(c.GetSection(\"Shop\")); } class Renamed { public string? Title { get; set; } [ConfigurationKeyName(\"unknown1\")] public int Number { get; set; } } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<Derived>(c.GetSection(\"Shop\")); } class Base { public int Unknown1 { get; init; } } class Derived : Base { public string? Title { get; set; } } }")]
    [InlineData("class P { static void M(IConfiguration c) { var x = c.GetSection(\"Shop\").Get<Positional>(); } record Positional(string Title, int Unknown1 = 3); }")]
    [InlineData("class P { static void M(IServiceCollection s, WebApplicationBuilder b) { s.Configure<ShopOptions>(b.Configuration.GetSection(\"Shop\")); Library(b.Configuration.GetSection(\"Shop\")); } static void Library(IConfiguration section) { foreach (var x in section.GetChildren()) { } } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"Shop\")); IConfigurationSection? kept; kept = c.GetSection(\"Shop\"); Func<IConfigurationSection> f = () => c.GetSection(\"Shop\"); } }")]
    [InlineData("class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(Name())); } static string Name() => Console.ReadLine()!; }")]
    public Task Whatever_else_may_know_the_key_is_heard(string code) => Verify(code, """{ "Shop": { "Title": "x", "Unknown1": 1 } }""");

    [Fact]
    public Task A_method_that_goes_deeper_with_each_call_comes_to_an_end() => Verify(
        "static class E { static void Walk(IConfiguration c, string name, string other) { c.GetSection(name).Get<ShopOptions>(); Walk(c.GetSection(name), name, other); Walk(c.GetSection(other), other, name); } static void M(IConfiguration configuration) => Walk(configuration, \"Shop\", \"Other\"); }",
        """{ "Shop": { "Title": "x", {|DTK1001:"Unknown1"|}: 1 } }""");

    [Theory]
    [InlineData("""{ "urls": { "Title": "x", {|DTK1001:"Unknown1"|}: 1 } }""")]
    [InlineData("""{ "urls": "http://*:5000" }""")]
    public Task A_section_that_is_called_as_a_key_of_the_host_is_the_apps_own(string json) => Verify(
        "class P { static void M(IServiceCollection s, IConfiguration c) { s.Configure<ShopOptions>(c.GetSection(\"urls\")); } }", json);

    private static Task Verify(string code, string json)
    {
        var test = new SettingsTest<UnknownKeyAnalyzer> { TestCode = Usings + code };
        test.TestState.AdditionalFiles.Add(("/0/appsettings.json", json));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
