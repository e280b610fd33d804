#include "flasher_rig.h"
static const struct { const char *n; enum sim_circuit c; } cs[] = {
 {"auto",SIM_CIRCUIT_AUTO},{"fast",SIM_CIRCUIT_FAST_EN},{"slow",SIM_CIRCUIT_SLOW_EN},{"none",SIM_CIRCUIT_NONE},
 {"none-dl",SIM_CIRCUIT_NONE_DOWNLOAD},{"no-boot",SIM_CIRCUIT_NO_BOOT},{"no-tx",SIM_CIRCUIT_NO_TX},{"no-rx",SIM_CIRCUIT_NO_RX},
 {"echo",SIM_CIRCUIT_ECHO},{"inverted",SIM_CIRCUIT_INVERTED}};
static struct ef_connect_report rep;
static void one(const char *what, struct sim_opts o, int vid0, uint64_t hand)
{
	struct rig r; uint64_t t0;
	if (!o.chip) o.chip="esp32";
	o.is_paced=true;
	rig_power(&r,&o);
	if (vid0) r.port->info.vid=0;
	(void)!ef_port_sleep_us(r.port,500000,&r.err); (void)!ef_port_discard(r.port,&r.err);
	t0=sim_now_us(r.sim);
	if (hand) sim_press_reset_at(r.sim,t0+hand);
	r.opts.report=&rep;
	if (rig_connect(&r)) {
		char strat[32]; strcpy(strat,rep.strategy);
		ef_flasher_will_listen(r.f);
		bool ok = ef_flasher_finish(r.f,EF_AFTER_HARD_RESET,&r.err);
		struct ef_start st; struct ef_listen_opts lo={.limit_ms=1500};
		if (ok) ok = ef_flasher_listen(r.f,&lo,&st,&r.err);
		printf("%-40s connects %s inv %d after %llu ms; finish %d run %d dl %d %s\n",what,strat,rep.is_inverted,(unsigned long long)rep.evidence.took_us/1000,ok,sim_is_running(r.sim),sim_is_download(r.sim),ok?"":r.err.msg);
	} else printf("%-40s %s: [%llu ms, starts %u resets %u] %s\n",what,ef_verdict_info(rep.verdict)->name,(unsigned long long)(sim_now_us(r.sim)-t0)/1000,rep.evidence.boots.starts,rep.evidence.resets,r.err.msg);
	rig_done(&r);
}
START_TEST(x)
{
	char w[80];
	for (unsigned i=0;i<sizeof cs/sizeof*cs;i++) for (int v=0;v<2;v++) for (int chat=0;chat<2;chat++) {
		struct sim_opts o={.circuit=cs[i].c,.chatty_app=chat};
		snprintf(w,80,"%s vid0=%d chat=%d",cs[i].n,v,chat); one(w,o,v,0);
		o.bridge.swaps_lines=true;
		snprintf(w,80,"%s vid0=%d chat=%d swapped",cs[i].n,v,chat); one(w,o,v,0);
		o.bridge.swaps_lines=false;o.bridge.joins_data=true;
		snprintf(w,80,"%s vid0=%d chat=%d joined",cs[i].n,v,chat); one(w,o,v,0);
		o.bridge.joins_data=false;
		snprintf(w,80,"%s vid0=%d chat=%d hand",cs[i].n,v,chat); one(w,o,v,2500000);
	}
	static const uint32_t rises[]={100,700,7000,60000,300000,450000,500000,550000,600000,700000,900000};
	for (unsigned i=0;i<sizeof rises/sizeof*rises;i++) for (int v=0;v<2;v++) for (int q=0;q<2;q++) {
		struct sim_opts o={.circuit=SIM_CIRCUIT_INVERTED,.en_rise_us=rises[i],.chatty_app=q};
		snprintf(w,80,"inverted rise %u vid0=%d chat=%d",rises[i],v,q); one(w,o,v,0);
		o.circuit=SIM_CIRCUIT_NO_BOOT;
		snprintf(w,80,"no-boot rise %u vid0=%d chat=%d",rises[i],v,q); one(w,o,v,0);
	}
}
END_TEST
Suite *suite_zexplore(void);
Suite *suite_zexplore(void){Suite*s=suite_create("z");TCase*t=tcase_create("z");tcase_set_timeout(t,600);tcase_add_test(t,x);suite_add_tcase(s,t);return s;}
